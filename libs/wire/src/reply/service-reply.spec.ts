import { createdBasicReply, errorReply } from './service-reply.js';

describe('the reply to the creation of a basic service', () => {
  it('is the id alone', () => {
    expect(createdBasicReply('0f0e', false)).toBe('{"_id":"0f0e"}');
  });

  it('has the URL of the chat under both spellings when it is verbose', () => {
    const url = '/genesys/1/service/0f0e/ixn/chat';
    expect(createdBasicReply('0f0e', true)).toBe(
      `{"_chatIxnAPI-CREATE-URL":"${url}","_chatIxnAPI_CREATE_URL":"${url}","_id":"0f0e"}`,
    );
  });
});

describe('the body of an error', () => {
  it('is a message and an exception, whatever was wrong', () => {
    expect(errorReply('message: "x"\nis missing', 'MissingParameterException')).toBe(
      '{"message":"message: \\"x\\"\\nis missing","exception":"MissingParameterException"}',
    );
  });
});
