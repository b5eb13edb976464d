using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Provisioning;

/// <summary>The authorities of device connection groups in the REST API.</summary>
internal static class GroupCertificateEndpoints
{
    public static void MapGroupCertificates(this RouteGroupBuilder groups)
    {
        var certificates = groups.MapGroup("/{id}/certificates/{entry}");
        certificates.MapGet("", GetAsync).Needs(Permission.ViewConnectivity);
        certificates
            .MapPut("", PutAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<SigningCertificateDto>("application/json");
        certificates.MapDelete("", DeleteAsync).Needs(Permission.ManageConnectivity);
        certificates.MapPost("/generateVerificationCode", GenerateAsync).Needs(Permission.ManageConnectivity);
        certificates
            .MapPost("/verify", VerifyAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<ProofDto>("application/json");
        certificates
            .MapPut("/revocationList", PutRevocationsAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<RevocationListDto>("application/json");
    }

    /// <summary>Uploads what a group's body says of one entry.</summary>
    /// <exception cref="InvalidRequestException"><c>certificate.not-verified</c>: says that it is, which nobody has shown.</exception>
    public static async Task<SigningCertificate?> UploadAsync(
        SigningCertificateDto? body,
        CertificateEntry entry,
        (string GroupId, int? Version) where,
        TokenCaller caller,
        GroupCertificates certificates,
        CancellationToken ct
    )
    {
        if (body?.Certificate is not { Length: > 0 } text)
            return null;
        var saved = await certificates.PutAsync(caller.Value, where.GroupId, entry, text, where.Version, ct);
        return body.Verified is true && !saved.IsVerified
            ? throw new InvalidRequestException(
                "certificate.not-verified",
                [
                    new Fault(
                        "verified",
                        "The certificate is uploaded and not verified. Show that you hold its private key: generateVerificationCode, then verify."
                    ),
                ]
            )
            : saved;
    }

    private static async Task<Ok<SigningCertificateDto>> GetAsync(
        string id,
        string entry,
        TokenCaller caller,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    ) => Answer(context, await certificates.GetAsync(caller.Value, id, EntryOf(entry), ct));

    private static async Task<Ok<SigningCertificateDto>> PutAsync(
        string id,
        string entry,
        JsonBody<SigningCertificateDto> sent,
        TokenCaller caller,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        var which = EntryOf(entry);
        var saved = await Etag.SaveAsync(
            context,
            body.Etag,
            async () =>
            {
                var all = await certificates.ListAsync(caller.Value, id, ct);
                var current = all.FirstOrDefault(c => c.Entry == which);
                var etag = current is null ? null : SigningCertificateDto.EtagOf(current);
                var version = Etag.Demand(context, body.Etag, etag) ? current?.Version : null;
                return await UploadAsync(body, which, (id, version), caller, certificates, ct);
            }
        );
        return saved is not null
            ? Answer(context, saved)
            : throw new InvalidRequestException(
                "certificate.invalid",
                [new Fault("certificate", "Give the certificate as PEM, or its DER as base64.")]
            );
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        string entry,
        TokenCaller caller,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var current = await certificates.GetAsync(caller.Value, id, EntryOf(entry), ct);
        Etag.Demand(context, null, SigningCertificateDto.EtagOf(current));
        await certificates.DeleteAsync(caller.Value, id, current.Entry, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<VerificationCodeDto>> GenerateAsync(
        string id,
        string entry,
        TokenCaller caller,
        GroupCertificates certificates,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            new VerificationCodeDto(await certificates.GenerateCodeAsync(caller.Value, id, EntryOf(entry), ct))
        );

    private static async Task<NoContent> VerifyAsync(
        string id,
        string entry,
        JsonBody<ProofDto> sent,
        TokenCaller caller,
        GroupCertificates certificates,
        CancellationToken ct
    )
    {
        await certificates.VerifyAsync(caller.Value, id, EntryOf(entry), sent.Value.Certificate ?? "", ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<SigningCertificateDto>> PutRevocationsAsync(
        string id,
        string entry,
        JsonBody<RevocationListDto> sent,
        TokenCaller caller,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var list = sent.Value.RevocationList ?? "";
        var which = EntryOf(entry);
        await certificates.PutRevocationsAsync(caller.Value, id, which, list, ct);
        return Answer(context, await certificates.GetAsync(caller.Value, id, which, ct));
    }

    private static Ok<SigningCertificateDto> Answer(HttpContext context, SigningCertificate certificate)
    {
        Etag.Show(context, SigningCertificateDto.EtagOf(certificate));
        return TypedResults.Ok(SigningCertificateDto.Of(certificate));
    }

    private static CertificateEntry EntryOf(string entry) =>
        entry switch
        {
            "primary" => CertificateEntry.Primary,
            "secondary" => CertificateEntry.Secondary,
            _ => throw new NotFoundException(
                "certificate.not-found",
                "A group has a primary and a secondary certificate."
            ),
        };
}
