export { answerRequests } from "./answer-requests.ts";
export { BadRequestError, decodePart, requestUrl } from "./request-url.ts";
