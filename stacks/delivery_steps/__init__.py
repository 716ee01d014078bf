"""What the pipeline does beyond building: publish images, hand builds over, look whether they work, go back."""
