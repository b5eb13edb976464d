using System.Security.Cryptography;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// The authorities of a device connection group: uploaded, shown to be the uploader's (proof of possession), rolled
/// over, with what they take back. Whoever has only a copy of an authority's certificate gets nothing by uploading it.
/// </summary>
public sealed class GroupCertificates(
    IEnrollmentStore groups,
    ISigningCertificateStore store,
    CertificatePaths paths,
    ChangeFeed changes,
    TimeProvider time
)
{
    /// <summary>Primary first.</summary>
    /// <exception cref="NotFoundException"><c>enrollment-group.not-found</c>.</exception>
    public async Task<IReadOnlyList<SigningCertificate>> ListAsync(Caller caller, string groupId, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        await GetGroupAsync(caller, groupId, ct);
        return await store.ListAsync(caller.Tenant, groupId, ct);
    }

    /// <summary>Those of all groups.</summary>
    public Task<IReadOnlyList<SigningCertificate>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ViewConnectivity);
        return store.ListAsync(caller.Tenant, ct);
    }

    /// <exception cref="NotFoundException"><c>enrollment-group.not-found</c>, <c>certificate.not-found</c>.</exception>
    public async Task<SigningCertificate> GetAsync(
        Caller caller,
        string groupId,
        CertificateEntry entry,
        CancellationToken ct
    )
    {
        var all = await ListAsync(caller, groupId, ct);
        return all.FirstOrDefault(c => c.Entry == entry)
            ?? throw new NotFoundException(
                "certificate.not-found",
                $"The group '{groupId}' has no {Word(entry)} certificate."
            );
    }

    /// <summary>
    /// Uploads an authority or replaces the one of this entry. Another certificate than the one that is there has to be
    /// verified anew; until then it lets nobody in.
    /// </summary>
    /// <param name="certificate">PEM, or base64 of DER.</param>
    /// <param name="expectedVersion">Refused as stale when the stored version is another; null: last write wins.</param>
    /// <exception cref="InvalidRequestException"><c>certificate.invalid</c>: no certificate, no authority's, or ended.</exception>
    /// <exception cref="ConflictException"><c>enrollment-group.no-certificates</c>: its devices have keys.</exception>
    public async Task<SigningCertificate> PutAsync(
        Caller caller,
        string groupId,
        CertificateEntry entry,
        string certificate,
        int? expectedVersion,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var group = await GetGroupAsync(caller, groupId, ct);
        if (group.Attestation != Attestation.X509)
            throw new ConflictException(
                "enrollment-group.no-certificates",
                $"The devices of the group '{groupId}' have keys. Make a group whose devices have certificates."
            );
        var authority = Demand(Certificate.Parse(certificate));
        var all = await store.ListAsync(caller.Tenant, groupId, ct);
        var current = all.FirstOrDefault(c => c.Entry == entry);
        if (current?.Certificate.Sha256Thumbprint == authority.Sha256Thumbprint)
            return current;
        var proven = all.FirstOrDefault(c =>
            c.IsVerified && c.Certificate.Sha256Thumbprint == authority.Sha256Thumbprint
        );
        var wanted = new SigningCertificate
        {
            TenantId = caller.Tenant,
            GroupId = groupId,
            Entry = entry,
            Certificate = authority,
            IsVerified = proven is not null,
            Version = expectedVersion ?? current?.Version ?? 0,
            UploadedAt = time.GetUtcNow(),
        };
        var audit = Audit(caller, "enrollment-group.upload-certificate", wanted);
        return Tell(await store.PutAsync(wanted, audit, ct));
    }

    /// <summary>A code to show possession with: a certificate signed by the authority must have it as its common name.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<string> GenerateCodeAsync(
        Caller caller,
        string groupId,
        CertificateEntry entry,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await GetAsync(caller, groupId, entry, ct);
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        var audit = Audit(caller, "enrollment-group.generate-code", current);
        await store.PutAsync(current with { VerificationCode = code }, audit, ct);
        return code;
    }

    /// <summary>The authority lets devices in from now on.</summary>
    /// <param name="certificate">Signed by it, with the code as common name; PEM, or base64 of DER.</param>
    /// <exception cref="InvalidRequestException"><c>certificate.not-verified</c>: and why not; <c>certificate.invalid</c>.</exception>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<SigningCertificate> VerifyAsync(
        Caller caller,
        string groupId,
        CertificateEntry entry,
        string certificate,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await GetAsync(caller, groupId, entry, ct);
        if (current.VerificationCode is not { } code)
            throw NotVerified("No verification code has been generated for this certificate. Generate one first.");
        var proof = Certificate.Parse(certificate);
        if (!string.Equals(proof.CommonName, code, StringComparison.OrdinalIgnoreCase))
            throw NotVerified(
                $"The common name of this certificate is '{proof.CommonName}'. It must be the verification code, '{code}'."
            );
        if (paths.Find(new ClientCertificate(proof, []), current.Certificate) is not { Length: 1 })
            throw NotVerified(
                $"This certificate is not signed by '{current.Certificate.Subject}', or it has ended. Sign it with the private key of the uploaded certificate."
            );
        var audit = Audit(caller, "enrollment-group.verify-certificate", current);
        return Tell(await store.PutAsync(current with { IsVerified = true, VerificationCode = null }, audit, ct));
    }

    /// <summary>What the authority has taken back, in place of its earlier list.</summary>
    /// <param name="list">PEM, or base64 of DER; signed by the authority.</param>
    /// <exception cref="InvalidRequestException"><c>certificate.invalid</c>.</exception>
    /// <exception cref="ConflictException"><c>certificate.older-list</c>: a newer one is there.</exception>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<SigningCertificate> PutRevocationsAsync(
        Caller caller,
        string groupId,
        CertificateEntry entry,
        string list,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await GetAsync(caller, groupId, entry, ct);
        var read = RevocationList.Parse(list, current.Certificate);
        var facts = new RevocationFacts(read.IssuedAt, read.NextDue, read.Revoked.Count);
        if (current.Revocations is { } before && before.IssuedAt > facts.IssuedAt)
            throw new ConflictException(
                "certificate.older-list",
                $"This list is of {facts.IssuedAt.UtcDateTime:u}; the one that is here, of {before.IssuedAt.UtcDateTime:u}, is newer."
            );
        var audit = Audit(caller, "enrollment-group.upload-revocations", current);
        await store.PutRevocationsAsync(current, facts, read.Revoked, audit, ct);
        return Tell(current with { Revocations = facts });
    }

    /// <summary>Takes the authority away: its devices may not connect any more.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(Caller caller, string groupId, CertificateEntry entry, CancellationToken ct)
    {
        caller.Demand(Permission.ManageConnectivity);
        var current = await GetAsync(caller, groupId, entry, ct);
        var audit = Audit(caller, "enrollment-group.delete-certificate", current);
        await store.DeleteAsync(caller.Tenant, groupId, entry, audit, ct);
        Tell(current);
    }

    private async Task<EnrollmentGroup> GetGroupAsync(Caller caller, string id, CancellationToken ct) =>
        await groups.FindGroupAsync(caller.Tenant, id, ct) ?? throw EnrollmentGroups.NotFound(id);

    private Certificate Demand(Certificate authority)
    {
        var fault =
            !authority.IsAuthority
                ? "This is the certificate of a device or server, not of an authority (its basic constraints say no CA). Upload the root or intermediate that signs your devices' certificates."
            : authority.NotAfter <= time.GetUtcNow() ? $"This certificate ended at {authority.NotAfter.UtcDateTime:u}."
            : null;
        return fault is null
            ? authority
            : throw new InvalidRequestException("certificate.invalid", [new Fault("certificate", fault)]);
    }

    private SigningCertificate Tell(SigningCertificate certificate)
    {
        changes.Publish(new Change(certificate.TenantId, ChangeKind.Keys, Id: certificate.GroupId));
        return certificate;
    }

    private static AuditEntry Audit(Caller caller, string action, SigningCertificate about) =>
        caller.Audit(action, about.GroupId, $"{Word(about.Entry)}: {about.Certificate.Subject}");

    private static string Word(CertificateEntry entry) => entry == CertificateEntry.Primary ? "primary" : "secondary";

    private static InvalidRequestException NotVerified(string message) =>
        new("certificate.not-verified", [new Fault("certificate", message)]);
}
