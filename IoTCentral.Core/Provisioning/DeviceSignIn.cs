using System.Security.Cryptography;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// Tells which device of which application a connection to the hub is. On the base host the credential decides: the
/// id is looked up in all applications and the one whose key verifies is it.
/// </summary>
public sealed class DeviceSignIn(
    ISignInStore store,
    IDeviceStore devices,
    KeyBox box,
    HubNames names,
    WrongKeys wrongKeys,
    TokenRules tokens,
    CertificateSignIn certificates,
    ChangeFeed changes,
    TimeProvider time
)
{
    // One answer for an unknown device and a wrong key, so that nobody learns which ids exist; the log tells them apart.
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(32);

    // The same id with a wrong key may be meant for any of its namesakes: some of their logs say so, not thousands.
    private const int MostConcerned = 10;

    public async Task<SignInResult> SignInAsync(SignInRequest request, CancellationToken ct)
    {
        if (!DeviceId.IsLegal(request.DeviceId) || request.ModuleId is { } module && !DeviceId.IsLegal(module))
            return new Refusal(ConnectionCode.BadId, "The client id is no legal device id.");
        var client = request.Password.Length == 0 ? request.Certificate : null;
        SasToken token = null!;
        if (client is null && !SasToken.TryParse(request.Password, out token))
            return await RefuseTokenAsync(request, ct);
        if (wrongKeys.Reserve(request.Id.ToString(), request.Address) is not { } wait)
            return new Refusal(ConnectionCode.WrongKeySlowed, "Too many wrong keys from this address.", IsOurs: true);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, ct);

        var (candidates, isApplicationHost) = await CandidatesAsync(request, ct);
        if (client is not null)
            return await SignInByCertificateAsync(request, client, (candidates, isApplicationHost), ct);
        if (FindVerified(candidates, token) is not var (candidate, proof))
            return RefuseKey(request, candidates);

        wrongKeys.GiveBack(request.Id.ToString(), request.Address);
        var refusal =
            await CheckTokenAsync(request, token, isApplicationHost, ct)
            ?? CheckState(candidate)
            ?? tokens.CheckTime(token, $"{candidate.TenantId}/{candidate.DeviceKey}");
        return refusal is null
            ? await LetInAsync(candidate, request, token.ExpiresAt, ct) with
            {
                Proof = proof,
            }
            : Concerning(refusal, candidate, proof);
    }

    private async Task<SignInResult> SignInByCertificateAsync(
        SignInRequest request,
        ClientCertificate client,
        (IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost) among,
        CancellationToken ct
    )
    {
        if (among.Candidates.Count == 0)
            return UnknownDevice(request.Id);
        var match = await certificates.MatchAsync(client, among.Candidates, among.IsApplicationHost, ct);
        if (match.Candidate is not { } candidate)
            return match.Refusal! with { Concerns = ConcernsOf(among.Candidates), Proof = match.Proof };
        wrongKeys.GiveBack(request.Id.ToString(), request.Address);
        return match.Refusal is { } refusal
            ? Concerning(refusal, candidate, match.Proof)
            : await LetInAsync(candidate, request, match.Ends, ct) with
            {
                Certificate = client,
                Proof = match.Proof,
            };
    }

    private async Task<SignedIn> LetInAsync(
        SignInCandidate candidate,
        SignInRequest request,
        DateTimeOffset ends,
        CancellationToken ct
    )
    {
        await NoteAsync(candidate, request.ModelId, ct);
        return new SignedIn
        {
            TenantId = candidate.TenantId,
            DeviceKey = candidate.DeviceKey,
            DeviceId = candidate.DeviceId,
            ModuleId = candidate.ModuleId,
            ModuleKey = candidate.ModuleKey,
            TokenEnds = ends,
            LastMessageAt = candidate.LastMessageAt,
        };
    }

    private static Refusal Concerning(Refusal refusal, SignInCandidate candidate, string proof) =>
        refusal with
        {
            Concerns = [(candidate.TenantId, candidate.DeviceKey)],
            Proof = proof,
        };

    /// <summary>Looks at every candidate whether or not one has verified, and at nobody's key when there is none.</summary>
    private (SignInCandidate Candidate, string Proof)? FindVerified(
        IReadOnlyList<SignInCandidate> candidates,
        SasToken token
    )
    {
        (SignInCandidate Candidate, string Proof)? found = null;
        foreach (var candidate in candidates)
        {
            if (
                FindProof(candidate, token) is { } proof
                && (found is not var (other, _) || candidate.AssignedAt > other.AssignedAt)
            )
                found = (candidate, proof);
        }

        if (candidates.Count == 0)
            _ = GroupKeys.Verify(token, (NobodysKey, NobodysKey), "nobody");
        return found;
    }

    /// <summary>By which key, in words; null: by none of its.</summary>
    private string? FindProof(SignInCandidate candidate, SasToken token)
    {
        if (candidate.Keys is null)
            return null;
        if (candidate.ModuleId is { } module)
        {
            var keys = box.Open(candidate.Keys, KeyBox.PlaceOfModule(candidate.TenantId, candidate.DeviceKey, module));
            return Proofs.OfOwnKey(token, keys);
        }

        var id = candidate.Source.RegistrationId;
        if (candidate.Source.GroupId is not { } group)
        {
            var place = KeyBox.PlaceOfIndividual(candidate.TenantId, IndividualEnrollments.Lower(id));
            var own = box.Open(candidate.Keys, place);
            return Proofs.OfOwnKey(token, own);
        }

        var derivedFrom = box.Open(candidate.Keys, KeyBox.PlaceOfGroup(candidate.TenantId, group));
        return Proofs.OfGroupKey(token, derivedFrom, id, candidate.GroupName ?? group);
    }

    private async Task<Refusal?> CheckTokenAsync(
        SignInRequest request,
        SasToken token,
        bool isApplicationHost,
        CancellationToken ct
    )
    {
        var path = request.ModuleId is { } module
            ? $"/devices/{request.DeviceId}/modules/{module}"
            : $"/devices/{request.DeviceId}";
        if (!token.Covers(path))
            return new Refusal(
                ConnectionCode.SignedForOtherDevice,
                $"Its token is good for '{token.Resource}', not for '{path}'."
            );
        var signedFor = HubNames.WithoutPort(token.Authority);
        var isOurs =
            names.Includes(signedFor, request.LocalAddress)
            || (isApplicationHost && IsSame(signedFor, HubNames.WithoutPort(request.Host)))
            || await store.IsApplicationHostAsync(signedFor, ct);
        return isOurs
            ? null
            : new Refusal(
                ConnectionCode.SignedForOtherHost,
                $"Its token is signed for the host '{signedFor}', which is not this hub. Set HostName in the device's connection string to one of this hub's names."
            );
    }

    internal static Refusal? CheckState(SignInCandidate candidate) =>
        candidate switch
        {
            { IsSuspended: true } => new(ConnectionCode.ApplicationSuspended, "Its application is suspended."),
            { IsBlocked: true } => new(ConnectionCode.Blocked, "The device is blocked. Unblock it to let it connect."),
            { Status: ProvisioningStatus.Waiting } => new(
                ConnectionCode.WaitingForApproval,
                "The device waits for approval. Approve it to let it connect."
            ),
            _ => null,
        };

    private static bool IsSame(string host, string other) =>
        string.Equals(host, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>First connect provisions; a model that is announced may assign a template.</summary>
    private async Task NoteAsync(SignInCandidate device, string? modelId, CancellationToken ct)
    {
        // what a module announces is its own model, not its device's
        if (
            device.ModuleId is not null
            || device.Status == ProvisioningStatus.Provisioned
                && (modelId is null || modelId == device.AnnouncedModelId)
        )
            return;
        var actor = new AuditActor("device", device.DeviceId, device.DeviceId);
        var audit = new AuditEntry
        {
            Actor = actor,
            Action = "device.provision",
            TargetId = device.DeviceId,
        };
        await devices.ProvisionAsync(device.TenantId, device.DeviceKey, modelId, audit, ct);
        changes.Publish(new Change(device.TenantId, ChangeKind.Device, device.DeviceKey, device.DeviceId));
    }

    private static Refusal RefuseKey(SignInRequest request, IReadOnlyList<SignInCandidate> candidates) =>
        candidates.Count == 0
            ? UnknownDevice(request.Id)
            : new Refusal(
                ConnectionCode.WrongKey,
                "Its token is not signed with this device's key. Compare the key in the device with the one in the connect panel."
            )
            {
                Concerns = ConcernsOf(candidates),
                Proof = Proofs.Token,
            };

    private static Refusal UnknownDevice(IdentityId id) =>
        new(
            ConnectionCode.UnknownDevice,
            id.Module is null
                ? $"No application has a device '{id}'. Create it, or let it register by its ID scope first."
                : $"No application has a device '{id.Device}' with a module '{id.Module}'. Create the module on the device's page."
        );

    private Task<(IReadOnlyList<SignInCandidate> Candidates, bool IsApplicationHost)> CandidatesAsync(
        SignInRequest request,
        CancellationToken ct
    )
    {
        var host = HubNames.WithoutPort(request.Host);
        return request.ModuleId is null
            ? store.CandidatesAsync(request.DeviceId, host, ct)
            : store.ModuleCandidatesAsync(request.Id, host, ct);
    }

    private static IReadOnlyList<(TenantId, long?)> ConcernsOf(IReadOnlyList<SignInCandidate> candidates) =>
        [.. candidates.Take(MostConcerned).Select(c => (c.TenantId, (long?)c.DeviceKey))];

    private async Task<Refusal> RefuseTokenAsync(SignInRequest request, CancellationToken ct)
    {
        var (candidates, _) = await CandidatesAsync(request, ct);
        return new Refusal(
            ConnectionCode.BadToken,
            request.Password.Length == 0
                ? "It sent neither a password, which is a shared access signature, nor a certificate."
                : "Its password is no shared access signature (SharedAccessSignature sr=…&sig=…&se=…)."
        )
        {
            Concerns = ConcernsOf(candidates),
        };
    }
}
