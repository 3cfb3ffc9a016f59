/** What an application is shown of an advanced service. */
export interface ShownStatus {
  readonly status: string;
  readonly dialog: string;
}

/** The status of an advanced service as JSON text: the `message` of a status reply and of a pushed one. */
export const statusJson = (serviceId: string, { status, dialog }: ShownStatus): string =>
  JSON.stringify({ _id: serviceId, _status: status, _dialog: dialog });

/** Applications tell by the tag whether their customer may begin. */
export const statusTag = (serviceId: string, status: string): string =>
  `a2c.advanced.service.${status === 'available' ? 'agentavailable' : 'statuschanged'}.${serviceId}`;

/** A status as a Bayeux message, JSON text. */
export const statusMessage = ({
  channel,
  messageId,
  serviceId,
  shown,
}: {
  readonly channel: string;
  readonly messageId: string;
  readonly serviceId: string;
  readonly shown: ShownStatus;
}): string =>
  `{"channel":"${channel}","data":{"id":"${messageId}","message":${statusJson(serviceId, shown)},"tag":"${statusTag(serviceId, shown.status)}"}}`;
