"""What an environment costs in a month, from its templates and a dated table of prices."""
