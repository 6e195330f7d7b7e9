/** An app of aurelia-authentication, put together as its documentation says: its interceptor on the app's HTTP client. */
import 'reflect-metadata';
import { Rest } from 'aurelia-api';
import { AuthService, configure, FetchConfig } from 'aurelia-authentication';
import { HttpClient } from 'aurelia-fetch-client';
import { Aurelia } from 'aurelia-framework';
import { Loader } from 'aurelia-loader';
import { initialize } from 'aurelia-pal-browser';

initialize();
const { container, use } = new Aurelia(new Loader());
configure(use, globalThis.settings);
container.get(FetchConfig).configure();
globalThis.auth = container.get(AuthService);
globalThis.api = new Rest(container.get(HttpClient));
