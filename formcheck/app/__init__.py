"""The app: pages that compose the core. No geometry and no thresholds in here; long work runs in jobs."""
