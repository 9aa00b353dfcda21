"""Running what was learned: ONNX models, without torch."""
