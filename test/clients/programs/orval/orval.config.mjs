export default {
  api: {
    input: '../openapi.json',
    output: {
      target: './generated/client.ts',
      client: 'fetch',
      baseUrl: process.env.BASE_URL,
      // Makes separate methods for a form and for bytes; without it there is one method that does not compile.
      override: { splitByContentType: true },
    },
  },
};
