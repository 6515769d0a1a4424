import { measureExport } from "./exporting.ts";
import { answerWith } from "./worker.ts";

answerWith(measureExport);
