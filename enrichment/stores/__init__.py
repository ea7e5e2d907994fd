"""Where bytes are kept: one port, a local folder and S3 behind it."""
