import { chatPath } from './verbose-fields.js';

/** The reply to the creation of a basic service. The verbose one spells the URL's name both ways that are seen. */
export const createdBasicReply = (serviceId: string, verbose: boolean): string => {
  if (!verbose) return `{"_id":"${serviceId}"}`;
  const url = chatPath(serviceId);
  return `{"_chatIxnAPI-CREATE-URL":"${url}","_chatIxnAPI_CREATE_URL":"${url}","_id":"${serviceId}"}`;
};

/** The body of every error that has one. */
export const errorReply = (message: string, exception: string): string => JSON.stringify({ message, exception });
