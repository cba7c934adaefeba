import type { deviceCertificateRoutes, NewDeviceCertificate } from '@millrace/contract';
import { placeOf } from '../../iot/index.ts';
import type { ApiOptions } from '../api.ts';
import { notFound } from '../problems.ts';
import { type Handler, placesFor, requirePerson, requireThing } from '../requests.ts';

/** Client certificates of things, and the authorities that sign them. */
export function certificateHandlers({
  iot,
}: ApiOptions): Record<keyof typeof deviceCertificateRoutes, Handler> {
  const { certificates, registry } = iot;
  return {
    certificates: (request) => certificates.list(requireThing(registry, request).id),
    createCertificate: async (request, reply) => {
      const { id } = requireThing(registry, request);
      const made = await certificates.create(id, (request.body ?? {}) as NewDeviceCertificate);
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
    revokeCertificate: async (request, reply) => {
      const { fingerprint } = request.params as { fingerprint: string };
      if (!(await certificates.revoke(requireThing(registry, request).id, fingerprint)))
        throw notFound('such certificate in force of this thing');
      return reply.status(204).send();
    },
    deviceAuthorities: (request) => {
      const configures = placesFor(requirePerson(request.caller), 'configure');
      return certificates.authorities((thing) => {
        const record = registry.get(thing);
        return record !== undefined && configures(placeOf(record));
      });
    },
    createDeviceAuthority: async (request, reply) =>
      reply.status(201).send(await certificates.addAuthority((request.body as { pem: string }).pem)),
    deleteDeviceAuthority: async (request, reply) => {
      const { fingerprint } = request.params as { fingerprint: string };
      if (!(await certificates.removeAuthority(fingerprint))) throw notFound('such authority');
      return reply.status(204).send();
    },
  };
}
