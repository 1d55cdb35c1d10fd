export { answerPlainText, plainTextAnswer } from "./answer-plain-text.ts";
export { answerRequests } from "./answer-requests.ts";
export { ForeignRequestError, refuseForeign } from "./foreign.ts";
export { BadRequestError, decodePart, requestUrl } from "./request-url.ts";
