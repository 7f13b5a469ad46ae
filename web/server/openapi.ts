import * as z from 'zod/mini';
import {
  channelListQuerySchema,
  channelListSchema,
  channelNameSchema,
  channelSchema,
  errorSchema,
  followSchema,
  meChangeSchema,
  meSchema,
  signInCodeSchema,
} from '../../platform/protocol/api.ts';
import { chatPaths, chatSchemas } from './openapi-chat.ts';
import { chatRulePaths, chatRuleSchemas } from './openapi-chat-rules.ts';

const json = (name: string, description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

const componentOf = (schema: z.core.$ZodType) => {
  const { $schema: _, ...component } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return component;
};

const DESCRIPTION = [
  'Open to every origin, without cookies: a page of this site alone may use its session cookie.',
  'Who writes sends a token as Bearer, or is signed in on such a page.',
  'Times are whole milliseconds since the Unix epoch, bitrates are bits a second,',
  'and every answer of 400 and above is an `Error`.',
].join(' ');

const WITH_IDENTITY = [{ token: [] }, { session: [] }];
const channelParameter = {
  name: 'channel',
  in: 'path',
  required: true,
  description: 'Case does not matter',
  schema: componentOf(channelNameSchema),
};
const error = json('Error', 'Why there is no answer');
const noChannel = json('Error', 'No channel has this name');
const signedOut = json('Error', 'Nobody is signed in, or the token does not count');

const chatComponents = () =>
  Object.fromEntries(
    Object.entries({ ...chatSchemas, ...chatRuleSchemas }).map(([name, one]) => [
      name,
      componentOf(one),
    ]),
  );

/** `/api/openapi.json` (OpenAPI 3.1), made from the schemas that the browser checks answers with. */
export function openapiDocument() {
  return {
    openapi: '3.1.0',
    info: { title: 'Footlight', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    paths: {
      ...channelPaths(),
      ...followPaths(),
      ...chatPaths({ channelParameter, noChannel, error, withIdentity: WITH_IDENTITY }),
      ...peoplePaths(),
      ...chatRulePaths({
        ...{ json, channelParameter, noChannel, signedOut, error },
        withIdentity: WITH_IDENTITY,
      }),
    },
    components: {
      schemas: {
        Channel: componentOf(channelSchema),
        ChannelList: componentOf(channelListSchema),
        Error: componentOf(errorSchema),
        Follow: componentOf(followSchema),
        Me: componentOf(meSchema),
        MeChange: componentOf(meChangeSchema),
        SignInCode: componentOf(signInCodeSchema),
        ...chatComponents(),
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: 'footlight_session' },
      },
    },
  };
}

const channelPaths = () => ({
  '/api/v1/channels': {
    get: {
      operationId: 'listChannels',
      summary: 'The channels, live ones first',
      parameters: Object.entries(channelListQuerySchema.shape).map(([name, schema]) => ({
        name,
        in: 'query',
        schema: componentOf(schema),
      })),
      responses: { 200: json('ChannelList', 'The channels'), default: error },
    },
  },
  '/api/v1/channels/{channel}': {
    get: {
      operationId: 'getChannel',
      summary: 'One channel and its stream',
      parameters: [channelParameter],
      responses: { 200: json('Channel', 'The channel'), 404: noChannel, default: error },
    },
  },
});

function followPaths() {
  const write = (operationId: string, summary: string) => ({
    operationId,
    summary,
    security: WITH_IDENTITY,
    responses: {
      200: json('Follow', 'How it is now'),
      401: signedOut,
      404: noChannel,
      default: error,
    },
  });
  return {
    '/api/v1/channels/{channel}/follow': {
      parameters: [channelParameter],
      get: {
        operationId: 'getFollow',
        summary: 'Whether you follow a channel, and how many do',
        responses: { 200: json('Follow', 'How it is'), 404: noChannel, default: error },
      },
      put: write('follow', 'Follows a channel'),
      delete: write('unfollow', 'Follows it no longer'),
    },
  };
}

const peoplePaths = () => ({
  '/api/v1/me': {
    get: {
      operationId: 'getMe',
      summary: 'Who you are',
      responses: { 200: json('Me', 'You, or null'), default: error },
    },
    patch: {
      operationId: 'changeMe',
      summary: 'Changes your colour in chat',
      security: WITH_IDENTITY,
      requestBody: json('MeChange', 'What changes'),
      responses: { 200: json('Me', 'You, as you are now'), 401: signedOut, default: error },
    },
  },
  '/api/v1/sign-in-codes/{code}': {
    get: {
      operationId: 'getSignInCode',
      summary: 'Whom a sign-in link is for',
      parameters: [{ name: 'code', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: json('SignInCode', 'It can be used'),
        404: json('Error', 'It is not one of this site'),
        410: json('Error', 'It was used, or has run out'),
        default: error,
      },
    },
  },
});
