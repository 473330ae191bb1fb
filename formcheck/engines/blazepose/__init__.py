"""BlazePose on ONNX Runtime: the parts of the fast engine, free of mediapipe and TensorFlow."""
