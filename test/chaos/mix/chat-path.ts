export const SERVICE = '/genesys/1/service';

/** Path below the chat of a service; without an operation it is that of `ixn/chat`. */
export const chatPath = (serviceId: string, operation = ''): string =>
  `${SERVICE}/${serviceId}/ixn/chat${operation === '' ? '' : `/${operation}`}`;
