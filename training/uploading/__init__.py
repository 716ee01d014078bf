"""Files of a person's machine brought into the raw bucket: checked, whole, once."""
