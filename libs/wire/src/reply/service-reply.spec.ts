import {
  createdAdvancedReply,
  createdBasicReply,
  errorReply,
  queuePositionReply,
  statusReply,
} from './service-reply.js';

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

const SERVICE = '/genesys/1/service/EK01';
const WAITING = { status: 'waiting', dialog: 'waiting_for_agent.html' };
const AVAILABLE = { status: 'available', dialog: 'agent_available.html' };

describe('the reply to the creation of an advanced service', () => {
  it('is the id, and where the status is when that was asked for', () => {
    expect(createdAdvancedReply('EK01', false)).toBe('{"_id":"EK01"}');
    expect(JSON.parse(createdAdvancedReply('EK01', true))).toEqual({
      _id: 'EK01',
      _session_comand_STATUS_URL: `${SERVICE}/status`,
    });
  });
});

describe('the reply to status', () => {
  it('tells by its tag whether the chat may be started', () => {
    expect(statusReply('EK01', WAITING, false)).toBe(
      '{"message":{"_id":"EK01","_status":"waiting","_dialog":"waiting_for_agent.html"},"tag":"a2c.advanced.service.statuschanged.EK01"}',
    );
    expect(JSON.parse(statusReply('EK01', AVAILABLE, false))).toMatchObject({
      tag: 'a2c.advanced.service.agentavailable.EK01',
    });
  });

  it('names URLs when it is verbose, that of the chat only when it may be started', () => {
    const status = { _session_comand_STATUS_URL: `${SERVICE}/status` };
    expect(JSON.parse(statusReply('EK01', WAITING, true))).toMatchObject({
      message: { _id: 'EK01', _status: 'waiting', _dialog: 'waiting_for_agent.html', ...status },
    });
    expect(statusReply('EK01', WAITING, true)).not.toContain('_chatIxnAPI');
    expect(JSON.parse(statusReply('EK01', AVAILABLE, true))).toMatchObject({
      message: { _status: 'available', _chatIxnAPI_CREATE_URL: `${SERVICE}/ixn/chat`, ...status },
    });
  });

  it('is JSON whatever a service logic calls things', () => {
    const odd = { status: 'a"b', dialog: 'https://example.org/?a="b"\n' };
    expect(JSON.parse(statusReply('EK01', odd, true))).toMatchObject({
      message: { _status: 'a"b', _dialog: odd.dialog },
    });
  });
});

describe('the reply to check-queue-position', () => {
  it('has numbers as strings and one boolean', () => {
    expect(queuePositionReply({ position: 3, etaS: 40, totalWaiting: 7, isAgentReady: false })).toBe(
      '{"_position":"3","_eta":"40","_total_waiting":"7","_agent_ready_threshold_passed":false}',
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
