using System.Security.Cryptography;
using IoTCentral.Core.Devices;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// Tells whether somebody may register: an individual enrollment decides if there is one, else the first group whose
/// derived key verifies; a disabled one refuses.
/// </summary>
public sealed class RegistrantCheck(
    ISignInStore store,
    KeyBox box,
    WrongKeys wrongKeys,
    TokenRules tokens,
    TimeProvider time
)
{
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(32);

    public async Task<RegistrantResult> CheckAsync(RegistrantRequest request, CancellationToken ct)
    {
        if (!DeviceId.IsLegal(request.RegistrationId))
            return new Refusal(ConnectionCode.BadId, "The registration id is no legal device id.");
        if (!SasToken.TryParse(request.Password, out var token))
            return await ConcerningAsync(
                request,
                new Refusal(
                    ConnectionCode.BadToken,
                    "Its password is no shared access signature (SharedAccessSignature sr=…&sig=…&se=…)."
                ),
                ct
            );
        var who = $"{request.IdScope}/{request.RegistrationId}";
        if (wrongKeys.Reserve(who, request.Address) is not { } wait)
            return new Refusal(ConnectionCode.WrongKeySlowed, "Too many wrong keys from this address.", IsOurs: true);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, ct);

        var scope = await store.FindScopeAsync(
            request.IdScope,
            IndividualEnrollments.Lower(request.RegistrationId),
            ct
        );
        if (scope is null)
        {
            _ = GroupKeys.Verify(token, (NobodysKey, NobodysKey), request.RegistrationId);
            return new Refusal(
                ConnectionCode.UnknownScope,
                $"No application has the ID scope '{request.IdScope}'. Compare it with the one in the connect panel."
            );
        }

        var result = Check(scope, request, token, who);
        if (result.Refusal is not { } refusal)
            return result;
        return refusal with { Concerns = [(scope.Application.TenantId, null)] };
    }

    private RegistrantResult Check(ScopeEnrollments scope, RegistrantRequest request, SasToken token, string who)
    {
        if (FindEnrollment(scope, request, token) is not { } found)
            return new Refusal(
                ConnectionCode.WrongKey,
                "Its token is signed neither with a key of its own nor with one derived from a group's key for this registration id. Compare the key in the device with the one in the connect panel."
            );
        wrongKeys.GiveBack(who, request.Address);
        if (token.Authority != request.IdScope || !token.Covers($"/registrations/{request.RegistrationId}"))
            return new Refusal(
                ConnectionCode.SignedForOtherDevice,
                $"Its token is good for '{token.Resource}', not for '{request.IdScope}/registrations/{request.RegistrationId}'."
            );
        if (scope.Application.IsSuspended)
            return new Refusal(ConnectionCode.ApplicationSuspended, "Its application is suspended.");
        if (!found.IsEnabled)
            return new Refusal(
                ConnectionCode.EnrollmentDisabled,
                found.Source.GroupId is { } group
                    ? $"The device connection group '{group}' is disabled. Enable it to let its devices register."
                    : "Its enrollment is disabled."
            );
        if (tokens.CheckTime(token, who) is { } late)
            return late;
        return new Registrant(scope.Application, request.RegistrationId, found.Source, found.DeviceId, token.ExpiresAt);
    }

    private (CredentialSource Source, string DeviceId, bool IsEnabled)? FindEnrollment(
        ScopeEnrollments scope,
        RegistrantRequest request,
        SasToken token
    )
    {
        var tenant = scope.Application.TenantId;
        if (scope.Individual is { } own)
        {
            var keys = box.Open(own.Keys, KeyBox.PlaceOfIndividual(tenant, own.RegistrationId));
            if (!(token.IsSignedWith(keys.Primary) | token.IsSignedWith(keys.Secondary)))
                return null;
            return (new CredentialSource(null, request.RegistrationId), own.DeviceId, own.IsEnabled);
        }

        foreach (var group in scope.Groups)
        {
            var keys = box.Open(group.Keys, KeyBox.PlaceOfGroup(tenant, group.Id));
            if (GroupKeys.Verify(token, keys, request.RegistrationId))
                return (
                    new CredentialSource(group.Id, request.RegistrationId),
                    request.RegistrationId,
                    group.IsEnabled
                );
        }

        return null;
    }

    private async Task<Refusal> ConcerningAsync(RegistrantRequest request, Refusal refusal, CancellationToken ct)
    {
        var id = IndividualEnrollments.Lower(request.RegistrationId);
        var scope = await store.FindScopeAsync(request.IdScope, id, ct);
        return scope is null ? refusal : refusal with { Concerns = [(scope.Application.TenantId, null)] };
    }
}
