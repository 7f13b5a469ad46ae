import {
  actionListSchema,
  emoteListSchema,
  filtersChangeSchema,
  filtersSchema,
  termListSchema,
  termSchema,
  userCardSchema,
  whisperPreferenceSchema,
} from '../../platform/protocol/chat/api.ts';

/** By name in `components.schemas`. */
export const chatRuleSchemas = {
  ChatActions: actionListSchema,
  ChatFilters: filtersSchema,
  ChatFiltersChange: filtersChangeSchema,
  ChatPerson: userCardSchema,
  ChatTerm: termSchema,
  ChatTerms: termListSchema,
  Emotes: emoteListSchema,
  WhisperPreference: whisperPreferenceSchema,
};

interface Parts {
  json(name: keyof typeof chatRuleSchemas, description: string): object;
  channelParameter: object;
  noChannel: object;
  signedOut: object;
  error: object;
  withIdentity: object[];
}

const inQuery = (name: string, type: string, description: string) => ({
  ...{ name, in: 'query', description },
  schema: { type },
});
const inPath = (name: string, description: string) => ({
  ...{ name, in: 'path', required: true, description },
  schema: { type: 'string' },
});

/** People, moderation and emotes of a chat; answered by the chat service. */
export function chatRulePaths(parts: Parts) {
  const { json, channelParameter, noChannel, error } = parts;
  const open = (operationId: string, summary: string, answer: object) => ({
    ...{ operationId, summary },
    responses: { 200: answer, 404: noChannel, default: error },
  });
  const guarded = (operationId: string, summary: string, answer: object, body?: object) => ({
    ...{ operationId, summary, security: parts.withIdentity },
    ...(body !== undefined && { requestBody: body }),
    responses: { 200: answer, 401: parts.signedOut, 404: noChannel, default: error },
  });
  const base = '/api/v1/channels/{channel}';
  const emotes = json('Emotes', 'What can be written here');
  const terms = json('ChatTerms', 'The terms');
  const filters = json('ChatFilters', 'The filters');
  const image = { content: { 'image/*': { schema: { type: 'string', format: 'binary' } } } };
  return {
    [`${base}/chat/people/{user}`]: {
      parameters: [channelParameter, inPath('user', 'Id or name')],
      get: open('getChatPerson', 'Somebody in this chat', json('ChatPerson', 'Who it is')),
    },
    [`${base}/chat/actions`]: {
      parameters: [channelParameter, inQuery('before', 'string', 'Id of the oldest one known')],
      get: guarded('listChatActions', 'What moderators did', json('ChatActions', 'Newest first')),
    },
    [`${base}/chat/filters`]: {
      parameters: [channelParameter],
      get: guarded('getChatFilters', 'What is held for moderators', filters),
      put: guarded(
        'setChatFilters',
        'Changes it',
        filters,
        json('ChatFiltersChange', 'What changes'),
      ),
    },
    [`${base}/chat/terms`]: {
      parameters: [channelParameter],
      get: guarded('listChatTerms', 'The blocked terms', terms),
      post: guarded('addChatTerm', 'Blocks a term', terms, json('ChatTerm', 'The term')),
    },
    [`${base}/chat/terms/{term}`]: {
      parameters: [channelParameter, inPath('term', 'As it is listed')],
      delete: guarded('removeChatTerm', 'Blocks it no longer', terms),
    },
    [`${base}/emotes`]: {
      parameters: [channelParameter],
      get: open('listEmotes', 'The emotes of a channel', emotes),
      post: {
        ...guarded('addEmote', 'Uploads one: PNG, GIF or WebP, 1 MB at most', emotes, image),
        parameters: [inQuery('name', 'string', 'Written between colons')],
        responses: { 201: emotes, 401: parts.signedOut, 404: noChannel, default: error },
      },
    },
    [`${base}/emotes/{name}`]: {
      parameters: [channelParameter, inPath('name', 'Of an own emote')],
      delete: guarded('removeEmote', 'Removes one', emotes),
    },
    '/api/v1/me/whispers': {
      get: guarded('getWhispers', 'Who may whisper to you', json('WhisperPreference', 'It is so')),
      put: guarded(
        'setWhispers',
        'Changes it',
        json('WhisperPreference', 'It is so now'),
        json('WhisperPreference', 'Who may'),
      ),
    },
  };
}
