using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>The device that a certificate is, or why it is none.</summary>
/// <param name="Ends">When the first certificate on its way up ends.</param>
public sealed record CertificateMatch(SignInCandidate? Candidate, DateTimeOffset Ends, Refusal? Refusal)
{
    /// <summary>By what it proved to be that device, in words.</summary>
    public string Proof { get; init; } = Proofs.Certificate;
}

/// <summary>
/// Which of several namesakes a certificate is. Anybody may enrol a copy of anybody's certificate, so that on the base host
/// the one counts that its holder has registered or connected with; nobody learns from a refusal what another's looks like.
/// </summary>
public sealed class CertificateSignIn(
    ISignInStore store,
    IEnrollmentStore enrollments,
    CertificateCheck certificates,
    TimeProvider time
)
{
    /// <param name="isApplicationHost">The device named its application by host: all candidates are that one's.</param>
    public async Task<CertificateMatch> MatchAsync(
        ClientCertificate client,
        IReadOnlyList<SignInCandidate> candidates,
        bool isApplicationHost,
        CancellationToken ct
    )
    {
        var proofs = await ProveAsync(client, candidates, ct);
        if (Choose(proofs) is not { } proof)
            return new(
                null,
                default,
                proofs.Count > 0
                    ? Ambiguous
                    : await FindUnverifiedAsync(client, candidates, ct) ?? Refuse(client, candidates, isApplicationHost)
            );
        var candidate = proof.Candidate;
        var groupName = proof.Nearest?.Authority.GroupId == candidate.Source.GroupId ? candidate.GroupName : null;
        var words = Proofs.OfCertificate(client, proof.Nearest, groupName);
        if (await FindRefusalAsync(client, proof, ct) is { } refusal)
            return new(candidate, default, refusal) { Proof = words };
        if (!candidate.IsProven)
            await enrollments.AssignAsync(candidate.TenantId, candidate.DeviceKey, proof.Source, time.GetUtcNow(), ct);
        return new(candidate, proof.Ends(client), null) { Proof = words };
    }

    /// <summary>Whether a connected device might still connect; null: it might.</summary>
    public async Task<Refusal?> RecheckAsync(SignedIn device, ClientCertificate client, CancellationToken ct)
    {
        var (candidates, _) = await store.CandidatesAsync(device.DeviceId, "", ct);
        var own = candidates.Where(c => c.TenantId == device.TenantId && c.DeviceKey == device.DeviceKey).ToList();
        var proofs = await ProveAsync(client, own, ct);
        return proofs.Count == 0 ? CertificateCheck.Unknown : await FindRefusalAsync(client, proofs[0], ct);
    }

    private async Task<List<Proof>> ProveAsync(
        ClientCertificate client,
        IReadOnlyList<SignInCandidate> candidates,
        CancellationToken ct
    )
    {
        var tenants = candidates.Where(c => c.Certificates is null).Select(c => c.TenantId).ToList();
        var authorities = tenants.Count == 0 ? [] : await store.AuthoritiesAsync(tenants, ct);
        return [.. candidates.Select(c => Prove(c, client, authorities)).OfType<Proof>()];
    }

    /// <summary>Null: nothing makes the certificate this device's.</summary>
    private Proof? Prove(
        SignInCandidate candidate,
        ClientCertificate client,
        IReadOnlyList<SigningCertificate> authorities
    )
    {
        if (candidate.Certificates is { } own)
            return own.Include(client.Leaf) ? new Proof(candidate, candidate.Source, null, []) : null;
        // One that people made and that has not come by its key yet may come by any group's certificate (contract §1.2).
        var isNew = candidate is { IsProven: false, Status: ProvisioningStatus.Registered };
        if (candidate.Source.GroupId is not { } group || (candidate.Keys is not null && !isNew))
            return null;
        var led = certificates.FindAuthorities(client, authorities.Where(a => a.TenantId == candidate.TenantId));
        var nearest = led.FirstOrDefault(l => candidate.Keys is not null || l.Authority.GroupId == group);
        if (nearest is null)
            return null;
        var source = candidate.Keys is null
            ? candidate.Source
            : new CredentialSource(nearest.Authority.GroupId, candidate.DeviceId);
        return new Proof(candidate, source, nearest, led);
    }

    private static Proof? Choose(List<Proof> proofs)
    {
        if (proofs.Count <= 1)
            return proofs.FirstOrDefault();
        return proofs.Where(p => p.Candidate.IsProven).MaxBy(p => p.Candidate.AssignedAt)
            // who has shown to hold the authority's key is no thief of its certificates
            ?? proofs.Where(p => p.Nearest is not null).MaxBy(p => p.Candidate.AssignedAt);
    }

    private async Task<Refusal?> FindRefusalAsync(ClientCertificate client, Proof proof, CancellationToken ct)
    {
        var refusal = certificates.CheckTime(client.Leaf) ?? DeviceSignIn.CheckState(proof.Candidate);
        if (refusal is not null || proof.Nearest is null)
            return refusal;
        // the id it registered with, which its device's may differ from in case
        refusal = CertificateCheck.CheckName(client.Leaf, proof.Source.RegistrationId, StringComparison.Ordinal);
        refusal ??= await certificates.CheckRevocationAsync(proof.Led, ct);
        return refusal ?? (proof.Candidate.Keys is null ? null : await CheckGroupAsync(proof, ct));
    }

    private async Task<Refusal?> CheckGroupAsync(Proof proof, CancellationToken ct)
    {
        var id = proof.Source.GroupId!;
        var group = await enrollments.FindGroupAsync(proof.Candidate.TenantId, id, ct);
        return group?.IsEnabled == true
            ? null
            : new Refusal(
                ConnectionCode.EnrollmentDisabled,
                $"The device connection group '{id}' is disabled. Enable it to let its devices come in."
            );
    }

    /// <summary>Only where the refusal is told to one application: it names that one's authority.</summary>
    private async Task<Refusal?> FindUnverifiedAsync(
        ClientCertificate client,
        IReadOnlyList<SignInCandidate> candidates,
        CancellationToken ct
    )
    {
        if (candidates is not [var only])
            return null;
        var unverified = await store.UnverifiedAuthoritiesAsync(only.TenantId, ct);
        return Prove(only, client, unverified) is { Nearest: not null } && certificates.CheckTime(client.Leaf) is null
            ? certificates.FindUnverified(client, unverified)
            : null;
    }

    private Refusal Refuse(
        ClientCertificate client,
        IReadOnlyList<SignInCandidate> candidates,
        bool isApplicationHost
    ) =>
        candidates.All(c => c.Keys is not null)
            ? new Refusal(
                ConnectionCode.NeedsKey,
                "It showed a certificate, but this device connects by key. Let it register through a device connection group with certificates, or enrol its certificate."
            )
            : certificates.CheckTime(client.Leaf)
                ?? (isApplicationHost ? CertificateCheck.UnknownOf(client) : CertificateCheck.Unknown);

    private static Refusal Ambiguous { get; } =
        new(
            ConnectionCode.WrongCertificate,
            "Its certificate is enrolled in several applications, and it has registered with none of them. Let it register by its ID scope, or connect by its application's own host name."
        );

    /// <param name="Nearest">Null: by thumbprint.</param>
    /// <param name="Led">All authorities of its application above it.</param>
    private sealed record Proof(
        SignInCandidate Candidate,
        CredentialSource Source,
        LedBy? Nearest,
        IReadOnlyList<LedBy> Led
    )
    {
        public DateTimeOffset Ends(ClientCertificate client) => Nearest?.Path.NotAfter ?? client.Leaf.NotAfter;
    }
}
