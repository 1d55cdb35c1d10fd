import { type Datatype, datatypeRow } from "../protocol/datatypes.ts";
import type { TensorMetadata } from "../protocol/tensors.ts";
import type { Schema } from "./column-schema.ts";

const within = (largest: number): Schema => ({ minimum: -largest, maximum: largest });

/** What floats hold, where that is less than a number of JSON. */
const bounds: Readonly<Partial<Record<Datatype, Schema>>> = { FP16: within(65_504), FP32: within(3.4e38) };

function valueSchema(datatype: Datatype): Schema {
  const row = datatypeRow(datatype);
  switch (row.kind) {
    case "text":
      return { type: "string" };
    case "boolean":
      return { type: "boolean" };
    case "integer":
      return { type: "integer", minimum: row.range[0], maximum: row.range[1] };
    case "long":
      return datatype === "UINT64" ? { type: "integer", minimum: 0 } : { type: "integer" };
    case "float":
      return { type: ["number", "null"], ...bounds[datatype], description: "null is not-a-number." };
  }
}

function shapeSchema({ shape }: TensorMetadata): Schema {
  const prefixItems = shape.map((size) => (size === -1 ? { type: "integer", minimum: 1 } : { const: size }));
  return { type: "array", prefixItems, minItems: shape.length, maxItems: shape.length };
}

/** Data nested as the shape says; flat is as good. */
function nestedSchema(shape: readonly number[], value: Schema): Schema {
  return shape.reduceRight<Schema>(
    (items, size) => ({
      type: "array",
      items,
      minItems: Math.max(size, 1),
      ...(size === -1 ? {} : { maxItems: size }),
    }),
    value,
  );
}

/** A tensor of a request or an answer, in JSON. */
export function tensorSchema(tensor: TensorMetadata): Schema {
  const { name, datatype, shape } = tensor;
  const value = valueSchema(datatype);
  return {
    type: "object",
    properties: {
      name: { const: name },
      datatype: { const: datatype },
      shape: shapeSchema(tensor),
      data: {
        description: "Row-major: flat, or nested as the shape says.",
        anyOf: [{ type: "array", items: value, minItems: 1 }, nestedSchema(shape, value)],
      },
      parameters: { type: "object" },
    },
    required: ["name", "datatype", "shape", "data"],
    additionalProperties: false,
  };
}
