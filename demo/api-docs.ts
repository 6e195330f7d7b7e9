import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The page is `/docs`, the description itself `/docs-json`. */
const PATH = 'docs';

const ABOUT = new DocumentBuilder()
  .setOpenAPIVersion('3.1.0')
  .setTitle('nestjs-jwt-refresh')
  .setDescription('The routes of the module with its default paths and names, and those of its demo.')
  .setVersion('1')
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token.' })
  .addBasicAuth({ type: 'http', scheme: 'basic', description: 'An OAuth client.' })
  .addTag('auth', 'Sessions of users: members are in snake_case, as in OAuth.')
  .addTag('oauth', 'The refresh grant of OAuth 2.0.')
  .addTag('admin', 'For administrators: members are in camelCase. There are such routes only where the host says who is one.')
  .addTag('demo', "The host's own routes.")
  .build();

/** Says in OpenAPI what the app's routes take and answer. */
export function describeApi(app: INestApplication): OpenAPIObject {
  return SwaggerModule.createDocument(app, ABOUT);
}

/** Shows that to people. Guards don't stand before it. */
export function serveApiDocs(app: INestApplication): void {
  SwaggerModule.setup(PATH, app, () => describeApi(app), { customSiteTitle: 'nestjs-jwt-refresh: API' });
}
