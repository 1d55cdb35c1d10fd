export { OnnxFileError, readOnnxFile } from "./onnx-file.ts";
