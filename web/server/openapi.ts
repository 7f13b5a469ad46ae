import * as z from 'zod/mini';
import {
  channelListQuerySchema,
  channelListSchema,
  channelNameSchema,
  channelSchema,
  errorSchema,
} from '../../platform/protocol/api.ts';

const json = (name: string, description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

const componentOf = (schema: z.core.$ZodType) => {
  const { $schema: _, ...component } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return component;
};

const DESCRIPTION = [
  'Open to read from every origin, without cookies.',
  'Times are whole milliseconds since the Unix epoch, bitrates are bits a second,',
  'and every answer of 400 and above is an `Error`.',
].join(' ');

/** `/api/openapi.json` (OpenAPI 3.1), made from the schemas that the browser checks answers with. */
export function openapiDocument() {
  return {
    openapi: '3.1.0',
    info: { title: 'Footlight', version: '1', description: DESCRIPTION },
    servers: [{ url: '/' }],
    paths: {
      '/api/v1/channels': {
        get: {
          operationId: 'listChannels',
          summary: 'The channels, live ones first',
          parameters: Object.entries(channelListQuerySchema.shape).map(([name, schema]) => ({
            name,
            in: 'query',
            schema: componentOf(schema),
          })),
          responses: {
            200: json('ChannelList', 'The channels'),
            default: json('Error', 'Why there is no answer'),
          },
        },
      },
      '/api/v1/channels/{channel}': {
        get: {
          operationId: 'getChannel',
          summary: 'One channel and its stream',
          parameters: [
            {
              name: 'channel',
              in: 'path',
              required: true,
              description: 'Case does not matter',
              schema: componentOf(channelNameSchema),
            },
          ],
          responses: {
            200: json('Channel', 'The channel'),
            404: json('Error', 'No channel has this name'),
            default: json('Error', 'Why there is no answer'),
          },
        },
      },
    },
    components: {
      schemas: {
        Channel: componentOf(channelSchema),
        ChannelList: componentOf(channelListSchema),
        Error: componentOf(errorSchema),
      },
    },
  };
}
