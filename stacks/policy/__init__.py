"""Others' rules on templates and manifests: what fails has a reason, and every reason is still needed."""
