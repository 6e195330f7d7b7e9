import { BadRequestException, ValidationPipe } from '@nestjs/common';

/** Checks a body, and says what is wrong with it in the form of the module's errors. */
export const bodyPipe = new ValidationPipe({
  whitelist: true,
  exceptionFactory: (problems) => {
    const sentences = problems.flatMap(({ constraints = {} }) => Object.values(constraints));
    return new BadRequestException({ statusCode: 400, error: 'Bad Request', code: 'request_invalid', message: sentences.join('; ') });
  },
});
