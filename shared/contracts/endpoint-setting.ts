import Joi from 'joi';

/** The schema of a setting that names another endpoint of a service of AWS, as the SDK knows it. */
export const endpoint = (service: string) =>
  Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .description(`The endpoint of ${service}, if it is not AWS itself but an emulator or the one-machine stack.`);
