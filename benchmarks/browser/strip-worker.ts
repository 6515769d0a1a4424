import { measureStripping } from "./stripping.ts";
import { answerWith } from "./worker.ts";

answerWith(measureStripping);
