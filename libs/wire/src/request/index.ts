export { businessData } from './business-data.js';
export {
  type DisconnectRequest,
  readDisconnect,
  readRefresh,
  readSend,
  readStartChat,
  readTyping,
  type RefreshRequest,
  type SendRequest,
  type StartChatRequest,
  type TypingRequest,
} from './chat-request.js';
export { customerNickname, type CustomerName } from './customer-nickname.js';
export type { Parameters, UploadedFile } from './parameters.js';
export { parseParameters, type RequestParts } from './parse-parameters.js';
export { RequestError, type RequestErrorKind } from './request-error.js';
export { DEFAULT_MESSAGE_LENGTH_MAX, DEFAULT_REQUEST_LIMITS, type RequestLimits } from './request-limits.js';
export { allowedMethods } from './route-methods.js';
export {
  type CreateRequest,
  DEVICE_SYSTEMS,
  type DeviceSystem,
  type PokeRequest,
  readCreate,
  readPoke,
  readStatus,
  type StatusRequest,
} from './service-request.js';
