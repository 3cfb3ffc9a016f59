import type { ChatState, OpenService } from '@app/domain';

/** What an old deployment showed of its chat server, by service definition. Nothing behind it exists any more. */
export interface ChatServerFacade {
  readonly chatServerHost: string;
  readonly chatWebApiPort: string;
  readonly chatServerLoadBalancerAlias: string;
  readonly isTlsRequired: boolean;
  /** Minutes; the answer for customers who named no time zone of their own. */
  readonly timeZoneOffsetMin: number;
}

const CHAT_SERVER_INFO = '/WebAPI812/SimpleSamples812/ChatHA/ChatLBServerInfo.jsp?chatServerLoadBalancerAlias=';

/** Path of the chat of a service, as every reply names it. */
export const chatPath = (serviceId: string): string => `/genesys/1/service/${serviceId}/ixn/chat`;

/** The fields that `_verbose=true` adds to every chat reply: `,"userId":…` up to the last URL, as JSON text. */
export const verboseFields = (
  serviceId: string,
  service: Pick<OpenService, 'timeZoneOffsetMin'>,
  chat: ChatState,
  facade: ChatServerFacade,
): string => {
  const path = chatPath(serviceId);
  const offset = chat.timeZoneOffsetMin ?? service.timeZoneOffsetMin ?? facade.timeZoneOffsetMin;
  const fields = {
    userId: chat.userId,
    secureKey: chat.secureKey,
    checkChatServiceLoadBalancerPath: `${CHAT_SERVER_INFO}${facade.chatServerLoadBalancerAlias}`,
    chatServerLoadBalancerAlias: facade.chatServerLoadBalancerAlias,
    chatServerHost: facade.chatServerHost,
    chatWebApiPort: facade.chatWebApiPort,
    isTLSrequired: String(facade.isTlsRequired),
    clientTimeZoneOffset: String(offset),
    _chatIxnAPI_SEND_URL: `${path}/send`,
    _chatIxnAPI_REFRESH_URL: `${path}/refresh`,
    _chatIxnAPI_START_TYPING_URL: `${path}/startTyping`,
    _chatIxnAPI_STOP_TYPING_URL: `${path}/stopTyping`,
    _chatIxnAPI_DISCONNECT_URL: `${path}/disconnect`,
    _chatIxnAPI_REFRESH_FROM_START_URL: `${path}/refresh?transcriptPosition=1`,
  };
  return `,${JSON.stringify(fields).slice(1, -1)}`;
};
