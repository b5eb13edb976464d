using System.Security.Cryptography;
using IoTCentral.Core.Certificates;
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
    CertificateCheck certificates,
    TimeProvider time
)
{
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(32);

    public async Task<RegistrantResult> CheckAsync(RegistrantRequest request, CancellationToken ct)
    {
        if (!DeviceId.IsLegal(request.RegistrationId))
            return new Refusal(ConnectionCode.BadId, "The registration id is no legal device id.");
        var client = request.Password.Length == 0 ? request.Certificate : null;
        SasToken token = null!;
        if (client is null && !SasToken.TryParse(request.Password, out token))
            return await ConcerningAsync(
                request,
                new Refusal(
                    ConnectionCode.BadToken,
                    request.Password.Length == 0
                        ? "It sent neither a password, which is a shared access signature, nor a certificate."
                        : "Its password is no shared access signature (SharedAccessSignature sr=…&sig=…&se=…)."
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
            if (client is null)
                _ = GroupKeys.Verify(token, (NobodysKey, NobodysKey), request.RegistrationId);
            return new Refusal(
                ConnectionCode.UnknownScope,
                $"No application has the ID scope '{request.IdScope}'. Compare it with the one in the connect panel."
            );
        }

        var result = client is null
            ? Check(scope, request, token, who)
            : await CheckAsync(scope, request, client, who, ct);
        if (result.Refusal is not { } refusal)
            return result;
        var tried = client is null ? Proofs.Token : Proofs.Certificate;
        return refusal with
        {
            Concerns = [(scope.Application.TenantId, null)],
            Proof = refusal.Proof.Length > 0 ? refusal.Proof : tried,
        };
    }

    private RegistrantResult Check(ScopeEnrollments scope, RegistrantRequest request, SasToken token, string who)
    {
        if (FindEnrollment(scope, request, token) is not { } found)
            return new Refusal(
                ConnectionCode.WrongKey,
                "Its token is signed neither with a key of its own nor with one derived from a group's key for this registration id. Compare the key in the device with the one in its connect panel; that of a new device is derived from its group's key and this id."
            );
        wrongKeys.GiveBack(who, request.Address);
        if (token.Authority != request.IdScope || !token.Covers($"/registrations/{request.RegistrationId}"))
            return Of(
                found,
                new Refusal(
                    ConnectionCode.SignedForOtherDevice,
                    $"Its token is good for '{token.Resource}', not for '{request.IdScope}/registrations/{request.RegistrationId}'."
                )
            );
        return (CheckState(scope, found) ?? tokens.CheckTime(token, who)) is { } refusal
            ? Of(found, refusal)
            : Let(scope, request, found, token.ExpiresAt);
    }

    /// <summary>An enrollment of its own decides if there is one, else the group whose authority is nearest.</summary>
    private async Task<RegistrantResult> CheckAsync(
        ScopeEnrollments scope,
        RegistrantRequest request,
        ClientCertificate client,
        string who,
        CancellationToken ct
    )
    {
        IReadOnlyList<LedBy> led = [];
        Found found;
        var tenant = scope.Application.TenantId;
        if (scope.Individual is { } own)
        {
            if (own.Certificates?.Include(client.Leaf) != true)
                return certificates.CheckTime(client.Leaf) ?? NotItsOwn(own, client);
            found = new(
                new CredentialSource(null, request.RegistrationId),
                own.DeviceId,
                own.IsEnabled,
                EnrollmentTerms.Usual,
                Proofs.OfCertificate(client, null, null)
            );
        }
        else
        {
            led = certificates.FindAuthorities(client, scope.Authorities);
            if (led.Count == 0)
                return certificates.CheckTime(client.Leaf)
                    ?? certificates.FindUnverified(client, await store.UnverifiedAuthoritiesAsync(tenant, ct))
                    ?? CertificateCheck.UnknownOf(client);
            var group = scope.Groups.Single(g => g.Id == led[0].Authority.GroupId);
            // ids of devices keep their case; the certificate has it in the case that its maker meant
            var id = client.Leaf.CommonName ?? request.RegistrationId;
            var proof = Proofs.OfCertificate(client, led[0], group.DisplayName);
            found = new(new CredentialSource(group.Id, id), id, group.IsEnabled, group.Terms, proof);
        }

        wrongKeys.GiveBack(who, request.Address);
        var refusal =
            certificates.CheckTime(client.Leaf)
            ?? CertificateCheck.CheckName(client.Leaf, request.RegistrationId, StringComparison.OrdinalIgnoreCase)
            ?? CheckState(scope, found);
        refusal ??= await certificates.CheckRevocationAsync(led, ct);
        return refusal is null ? Let(scope, request, found, client.Leaf.NotAfter) : Of(found, refusal);
    }

    private static Refusal Of(Found found, Refusal refusal) =>
        refusal with
        {
            GroupId = found.Source.GroupId,
            Proof = found.Proof,
        };

    private static Refusal NotItsOwn(IndividualEnrollment own, ClientCertificate client) =>
        own.Attestation == Attestation.SymmetricKey
            ? new(
                ConnectionCode.NeedsKey,
                "It showed a certificate, but its enrollment is by key. Change its enrollment, or let it use its key."
            )
            : new(
                ConnectionCode.WrongCertificate,
                $"Its certificate has the thumbprint {client.Leaf.Sha1Thumbprint}, which is not the one that is enrolled for it."
            );

    private static Refusal? CheckState(ScopeEnrollments scope, Found found)
    {
        if (scope.Application.IsSuspended)
            return new Refusal(ConnectionCode.ApplicationSuspended, "Its application is suspended.");
        return found.IsEnabled
            ? null
            : new Refusal(
                ConnectionCode.EnrollmentDisabled,
                found.Source.GroupId is { } group
                    ? $"The device connection group '{group}' is disabled. Enable it to let its devices register."
                    : "Its enrollment is disabled."
            );
    }

    private static Registrant Let(
        ScopeEnrollments scope,
        RegistrantRequest request,
        Found found,
        DateTimeOffset ends
    ) =>
        new(scope.Application, request.RegistrationId, found.Source, found.DeviceId, ends, found.Terms)
        {
            Proof = found.Proof,
        };

    private Found? FindEnrollment(ScopeEnrollments scope, RegistrantRequest request, SasToken token)
    {
        var tenant = scope.Application.TenantId;
        if (scope.Individual is { } own)
        {
            if (own.Keys is null)
                return null;
            var keys = box.Open(own.Keys, KeyBox.PlaceOfIndividual(tenant, own.RegistrationId));
            return Proofs.OfOwnKey(token, keys) is { } byKey
                ? new(
                    new CredentialSource(null, request.RegistrationId),
                    own.DeviceId,
                    own.IsEnabled,
                    EnrollmentTerms.Usual,
                    byKey
                )
                : null;
        }

        foreach (var group in scope.Groups)
        {
            if (group.Keys is null)
                continue;
            var keys = box.Open(group.Keys, KeyBox.PlaceOfGroup(tenant, group.Id));
            if (Proofs.OfGroupKey(token, keys, request.RegistrationId, group.DisplayName) is { } proof)
                return new(
                    new CredentialSource(group.Id, request.RegistrationId),
                    request.RegistrationId,
                    group.IsEnabled,
                    group.Terms,
                    proof
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

    private sealed record Found(
        CredentialSource Source,
        string DeviceId,
        bool IsEnabled,
        EnrollmentTerms Terms,
        string Proof
    );
}
