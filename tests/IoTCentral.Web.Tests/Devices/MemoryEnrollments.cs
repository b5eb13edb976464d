using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>Enrollments that are kept in memory.</summary>
internal sealed class MemoryEnrollments : IEnrollmentStore
{
    public List<EnrollmentGroup> Groups { get; } = [];
    public Dictionary<string, IndividualEnrollment> Individuals { get; } = new(StringComparer.Ordinal);

    /// <summary>By device key; a device that is not here has the default group's.</summary>
    public Dictionary<long, CredentialSource> Sources { get; } = [];

    public EnrollmentGroup Add(EnrollmentGroup group)
    {
        Groups.Add(group);
        return group;
    }

    public Task<IReadOnlyList<EnrollmentGroup>> GroupsAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<EnrollmentGroup>>([.. Groups]);

    public Task<EnrollmentGroup?> FindGroupAsync(TenantId tenant, string id, CancellationToken ct) =>
        Task.FromResult(Groups.FirstOrDefault(g => g.Id == id));

    public Task<bool> AddGroupAsync(EnrollmentGroup group, AuditEntry audit, CancellationToken ct)
    {
        if (Groups.Any(g => g.Id == group.Id))
            return Task.FromResult(false);
        Groups.Add(group);
        return Task.FromResult(true);
    }

    public Task<EnrollmentGroup> UpdateGroupAsync(EnrollmentGroup group, AuditEntry audit, CancellationToken ct)
    {
        var at = Groups.FindIndex(g => g.Id == group.Id);
        if (Groups[at].Version != group.Version)
            throw new StaleEditException("Somebody else saved in between.");
        return Task.FromResult(Groups[at] = group with { Version = group.Version + 1 });
    }

    public Task<bool> DeleteGroupAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        Task.FromResult(Groups.RemoveAll(g => g.Id == id) > 0);

    public Task<IndividualEnrollment?> FindIndividualAsync(
        TenantId tenant,
        string registrationId,
        CancellationToken ct
    ) => Task.FromResult(Individuals.GetValueOrDefault(registrationId));

    public Task<IndividualEnrollment> PutIndividualAsync(
        IndividualEnrollment enrollment,
        AuditEntry audit,
        CancellationToken ct
    ) => Task.FromResult(Individuals[enrollment.RegistrationId] = enrollment with { Version = enrollment.Version + 1 });

    public Task<bool> DeleteIndividualAsync(
        TenantId tenant,
        string registrationId,
        AuditEntry audit,
        CancellationToken ct
    ) => Task.FromResult(Individuals.Remove(registrationId));

    public Task<CredentialSource?> FindSourceAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        Task.FromResult<CredentialSource?>(Source(deviceKey));

    public Task<IReadOnlyDictionary<long, CredentialSource>> FindSourcesAsync(
        TenantId tenant,
        IReadOnlyCollection<long> deviceKeys,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyDictionary<long, CredentialSource>>(deviceKeys.ToDictionary(k => k, Source));

    public Task<IReadOnlyDictionary<string, long>> CountDevicesAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(
            Sources
                .Values.Where(s => s.GroupId is not null)
                .GroupBy(s => s.GroupId!)
                .ToDictionary(g => g.Key, g => g.LongCount())
        );

    public Task AssignAsync(
        TenantId tenant,
        long deviceKey,
        CredentialSource source,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        Sources[deviceKey] = source;
        return Task.CompletedTask;
    }

    private CredentialSource Source(long key)
    {
        if (Individuals.Values.FirstOrDefault() is { } own)
            return new(null, own.RegistrationId);
        return Sources.GetValueOrDefault(key) ?? new(EnrollmentGroup.DefaultId, "dairy-1");
    }
}

/// <summary>Authorities of groups that are kept in memory.</summary>
internal sealed class MemoryAuthorities : ISigningCertificateStore
{
    public List<SigningCertificate> All { get; } = [];

    public Task<IReadOnlyList<SigningCertificate>> ListAsync(TenantId tenant, string groupId, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<SigningCertificate>>([
            .. All.Where(c => c.GroupId == groupId).OrderBy(c => c.Entry),
        ]);

    public Task<IReadOnlyList<SigningCertificate>> ListAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<SigningCertificate>>([.. All]);

    public Task<SigningCertificate> PutAsync(SigningCertificate certificate, AuditEntry audit, CancellationToken ct)
    {
        All.RemoveAll(c => c.GroupId == certificate.GroupId && c.Entry == certificate.Entry);
        All.Add(certificate with { Version = certificate.Version + 1 });
        return Task.FromResult(All[^1]);
    }

    public Task PutRevocationsAsync(
        SigningCertificate authority,
        RevocationFacts? facts,
        IReadOnlyCollection<string> serials,
        AuditEntry audit,
        CancellationToken ct
    ) => PutAsync(authority with { Revocations = facts }, audit, ct);

    public Task<bool> DeleteAsync(
        TenantId tenant,
        string groupId,
        CertificateEntry entry,
        AuditEntry audit,
        CancellationToken ct
    ) => Task.FromResult(All.RemoveAll(c => c.GroupId == groupId && c.Entry == entry) > 0);
}

/// <summary>An audit log that remembers.</summary>
internal sealed class MemoryAudit : IAuditLog
{
    public List<AuditEntry> Entries { get; } = [];

    public Task AddAsync(TenantId tenant, AuditEntry entry, CancellationToken ct)
    {
        Entries.Add(entry);
        return Task.CompletedTask;
    }
}
