/** Injection token of the module's `Database`. */
export const JWT_REFRESH_DATABASE = Symbol('JWT_REFRESH_DATABASE');
