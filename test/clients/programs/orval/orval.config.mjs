export default {
  api: {
    input: '../openapi.json',
    output: {
      target: './generated/client.ts',
      client: 'fetch',
      baseUrl: process.env.BASE_URL,
      // A form and bytes are two methods; without this they are one that does not compile.
      override: { splitByContentType: true },
    },
  },
};
