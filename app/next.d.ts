// The types that the generated next-env.d.ts would bring; that one also names a build folder, which may be absent.
/// <reference types="next" />
/// <reference types="next/image-types/global" />
