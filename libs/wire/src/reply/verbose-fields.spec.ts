import type { ChatState } from '@app/domain';
import { CHAT, FACADE } from '../testing/chat.js';
import { verboseFields } from './verbose-fields.js';

const fieldsOf = (
  service: { readonly timeZoneOffsetMin?: number } = {},
  chat: ChatState = CHAT,
  facade = FACADE,
): Record<string, unknown> =>
  JSON.parse(`{${verboseFields('0f0e', service, chat, facade).slice(1)}}`) as Record<string, unknown>;

describe('the verbose fields', () => {
  it('are exactly these, each a string', () => {
    const path = '/genesys/1/service/0f0e/ixn/chat';
    expect(fieldsOf()).toEqual({
      userId: '007654A8BCDE0001',
      secureKey: '0123456789abcdef',
      checkChatServiceLoadBalancerPath:
        '/WebAPI812/SimpleSamples812/ChatHA/ChatLBServerInfo.jsp?chatServerLoadBalancerAlias=304',
      chatServerLoadBalancerAlias: '304',
      chatServerHost: 'chat.example',
      chatWebApiPort: '4801',
      isTLSrequired: 'true',
      clientTimeZoneOffset: '-420',
      _chatIxnAPI_SEND_URL: `${path}/send`,
      _chatIxnAPI_REFRESH_URL: `${path}/refresh`,
      _chatIxnAPI_START_TYPING_URL: `${path}/startTyping`,
      _chatIxnAPI_STOP_TYPING_URL: `${path}/stopTyping`,
      _chatIxnAPI_DISCONNECT_URL: `${path}/disconnect`,
      _chatIxnAPI_REFRESH_FROM_START_URL: `${path}/refresh?transcriptPosition=1`,
    });
  });

  it("tell the customer's time zone: that of the chat, else that of the service, else the default", () => {
    expect(fieldsOf({ timeZoneOffsetMin: 60 })['clientTimeZoneOffset']).toBe('60');
    expect(fieldsOf({ timeZoneOffsetMin: 60 }, { ...CHAT, timeZoneOffsetMin: 0 })['clientTimeZoneOffset']).toBe('0');
  });

  it('stay JSON whatever is configured', () => {
    const chatServerHost = 'a"b\\c\n';
    expect(fieldsOf({}, CHAT, { ...FACADE, chatServerHost })['chatServerHost']).toBe(chatServerHost);
  });
});
