using System.Security.Cryptography;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
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
        if (!DeviceId.IsLegal(request.DeviceId))
            return new Refusal(ConnectionCode.BadId, "The client id is no legal device id.");
        if (!SasToken.TryParse(request.Password, out var token))
            return await RefuseTokenAsync(request, ct);
        if (wrongKeys.Reserve(request.DeviceId, request.Address) is not { } wait)
            return new Refusal(ConnectionCode.WrongKeySlowed, "Too many wrong keys from this address.", IsOurs: true);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, ct);

        var host = HubNames.WithoutPort(request.Host);
        var (candidates, isApplicationHost) = await store.CandidatesAsync(request.DeviceId, host, ct);
        if (FindVerified(candidates, token) is not { } candidate)
            return RefuseKey(request, candidates);

        wrongKeys.GiveBack(request.DeviceId, request.Address);
        if (await FindRefusalAsync(request, token, candidate, isApplicationHost, ct) is { } refusal)
            return refusal with { Concerns = [(candidate.TenantId, candidate.DeviceKey)] };
        await NoteAsync(candidate, request.ModelId, ct);
        return new SignedIn
        {
            TenantId = candidate.TenantId,
            DeviceKey = candidate.DeviceKey,
            DeviceId = candidate.DeviceId,
            TokenEnds = token.ExpiresAt,
            LastMessageAt = candidate.LastMessageAt,
        };
    }

    /// <summary>Looks at every candidate whether or not one has verified, and at nobody's key when there is none.</summary>
    private SignInCandidate? FindVerified(IReadOnlyList<SignInCandidate> candidates, SasToken token)
    {
        SignInCandidate? found = null;
        foreach (var candidate in candidates)
        {
            if (Verifies(candidate, token) && (found is null || candidate.AssignedAt > found.AssignedAt))
                found = candidate;
        }

        if (candidates.Count == 0)
            _ = GroupKeys.Verify(token, (NobodysKey, NobodysKey), "nobody");
        return found;
    }

    private bool Verifies(SignInCandidate candidate, SasToken token)
    {
        if (candidate.Keys is null)
            return false;
        var id = candidate.Source.RegistrationId;
        if (candidate.Source.GroupId is not { } group)
        {
            var place = KeyBox.PlaceOfIndividual(candidate.TenantId, IndividualEnrollments.Lower(id));
            var own = box.Open(candidate.Keys, place);
            return token.IsSignedWith(own.Primary) | token.IsSignedWith(own.Secondary);
        }

        return GroupKeys.Verify(token, box.Open(candidate.Keys, KeyBox.PlaceOfGroup(candidate.TenantId, group)), id);
    }

    private async Task<Refusal?> FindRefusalAsync(
        SignInRequest request,
        SasToken token,
        SignInCandidate candidate,
        bool isApplicationHost,
        CancellationToken ct
    )
    {
        var who = $"{candidate.TenantId}/{candidate.DeviceKey}";
        if (!token.Covers($"/devices/{request.DeviceId}"))
            return new Refusal(
                ConnectionCode.SignedForOtherDevice,
                $"Its token is good for '{token.Resource}', not for the device '{request.DeviceId}'."
            );
        var signedFor = HubNames.WithoutPort(token.Authority);
        var isOurs =
            names.Includes(signedFor, request.LocalAddress)
            || (isApplicationHost && IsSame(signedFor, HubNames.WithoutPort(request.Host)))
            || await store.IsApplicationHostAsync(signedFor, ct);
        if (!isOurs)
            return new Refusal(
                ConnectionCode.SignedForOtherHost,
                $"Its token is signed for the host '{signedFor}', which is not this hub. Set HostName in the device's connection string to one of this hub's names."
            );
        if (candidate.IsSuspended)
            return new Refusal(ConnectionCode.ApplicationSuspended, "Its application is suspended.");
        if (candidate.IsBlocked)
            return new Refusal(ConnectionCode.Blocked, "The device is blocked. Unblock it to let it connect.");
        return tokens.CheckTime(token, who);
    }

    private static bool IsSame(string host, string other) =>
        string.Equals(host, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>First connect provisions; a model that is announced may assign a template.</summary>
    private async Task NoteAsync(SignInCandidate device, string? modelId, CancellationToken ct)
    {
        if (device.Status == ProvisioningStatus.Provisioned && (modelId is null || modelId == device.AnnouncedModelId))
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
            ? new Refusal(
                ConnectionCode.UnknownDevice,
                $"No application has a device '{request.DeviceId}'. Create it, or let it register by its ID scope first."
            )
            : new Refusal(
                ConnectionCode.WrongKey,
                "Its token is not signed with this device's key. Compare the key in the device with the one in the connect panel."
            )
            {
                Concerns = ConcernsOf(candidates),
            };

    private static IReadOnlyList<(TenantId, long?)> ConcernsOf(IReadOnlyList<SignInCandidate> candidates) =>
        [.. candidates.Take(MostConcerned).Select(c => (c.TenantId, (long?)c.DeviceKey))];

    private async Task<Refusal> RefuseTokenAsync(SignInRequest request, CancellationToken ct)
    {
        var (candidates, _) = await store.CandidatesAsync(request.DeviceId, HubNames.WithoutPort(request.Host), ct);
        return new Refusal(
            ConnectionCode.BadToken,
            request.Password.Length == 0
                ? "It sent no password. The password of a device is a shared access signature."
                : "Its password is no shared access signature (SharedAccessSignature sr=…&sig=…&se=…)."
        )
        {
            Concerns = ConcernsOf(candidates),
        };
    }
}
