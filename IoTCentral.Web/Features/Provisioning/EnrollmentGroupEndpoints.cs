using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Web.Api;
using IoTCentral.Web.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Provisioning;

/// <summary>Device connection groups in the REST API.</summary>
internal static class EnrollmentGroupEndpoints
{
    public static void MapEnrollmentGroups(this IEndpointRouteBuilder api)
    {
        var groups = api.MapGroup("/enrollmentGroups")
            .WithTags("Enrollment groups")
            .TellsFaultsAs(
                ("primaryKey", "attestation.symmetricKey.primaryKey"),
                ("secondaryKey", "attestation.symmetricKey.secondaryKey")
            );
        groups.MapGet("/", ListAsync).Needs(Permission.ViewConnectivity);
        groups.MapGet("/{id}", GetAsync).Needs(Permission.ViewConnectivity);
        groups
            .MapPut("/{id}", PutAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<EnrollmentGroupDto>("application/json");
        groups
            .MapPatch("/{id}", PatchAsync)
            .Needs(Permission.ManageConnectivity)
            .Accepts<EnrollmentGroupDto>("application/json", ApiJson.Patch);
        groups.MapDelete("/{id}", DeleteAsync).Needs(Permission.ManageConnectivity);
        groups.MapGroupCertificates();
    }

    private static async Task<Ok<ApiPage<EnrollmentGroupDto>>> ListAsync(
        PageQuery page,
        TokenCaller caller,
        EnrollmentGroups groups,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var rest = (await groups.ListAsync(caller.Value, ct))
            .OrderBy(g => g.Id, StringComparer.Ordinal)
            .Where(g => page.After is null || string.CompareOrdinal(g.Id, page.After) > 0)
            .ToList();
        var shown = new List<EnrollmentGroupDto>();
        foreach (var group in rest.Take(page.Limit))
            shown.Add(await ShowAsync(group, caller, (groups, certificates), ct));
        var next = rest.Count > page.Limit ? rest[page.Limit - 1].Id : null;
        return TypedResults.Ok(PageQuery.Answer(context, new Page<EnrollmentGroupDto>(shown, next), g => g));
    }

    private static async Task<Ok<EnrollmentGroupDto>> GetAsync(
        string id,
        TokenCaller caller,
        EnrollmentGroups groups,
        GroupCertificates certificates,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            await ShowAsync(await groups.GetAsync(caller.Value, id, ct), caller, (groups, certificates), ct)
        );

    private static async Task<Ok<EnrollmentGroupDto>> PutAsync(
        string id,
        JsonBody<EnrollmentGroupDto> sent,
        TokenCaller caller,
        EnrollmentGroups groups,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        BodyId.Demand("enrollment.invalid", "id", body.Id, id);
        var wish = new EnrollmentGroupWish
        {
            Attestation = AttestationDto.Kind(body.Attestation?.Type),
            DisplayName = body.DisplayName,
            IsEnabled = body.Enabled ?? true,
            Type = body.Type,
            PrimaryKey = body.Attestation?.SymmetricKey?.PrimaryKey,
            SecondaryKey = body.Attestation?.SymmetricKey?.SecondaryKey,
        };
        var saved = await Etag.SaveAsync(
            context,
            body.Etag,
            async () =>
            {
                var current = await FindAsync(caller, groups, id, ct);
                var etag = current is null ? null : EnrollmentGroupDto.EtagOf(current);
                var version = Etag.Demand(context, body.Etag, etag) ? current?.Version : null;
                var terms = body.Terms(current?.Terms ?? EnrollmentTerms.Usual);
                var whole = wish with { ExpectedVersion = version, Terms = terms };
                return await groups.PutAsync(caller.Value, id, whole, ct);
            }
        );
        await UploadAsync(id, body.Attestation?.X509?.SigningCertificates, caller, certificates, ct);
        return TypedResults.Ok(await ShowAsync(saved, caller, (groups, certificates), ct));
    }

    private static async Task<Ok<EnrollmentGroupDto>> PatchAsync(
        string id,
        MergePatch patch,
        TokenCaller caller,
        EnrollmentGroups groups,
        GroupCertificates certificates,
        HttpContext context,
        CancellationToken ct
    )
    {
        var etag = patch.Text("etag");
        BodyId.Demand("enrollment.invalid", "id", patch.Text("id"), id);
        var saved = await Etag.SaveAsync(
            context,
            etag,
            async () =>
            {
                var current = await groups.GetAsync(caller.Value, id, ct);
                Etag.Demand(context, etag, EnrollmentGroupDto.EtagOf(current));
                return await groups.PatchAsync(caller.Value, id, Patched(current, patch), ct);
            }
        );
        return TypedResults.Ok(await ShowAsync(saved, caller, (groups, certificates), ct));
    }

    private static EnrollmentGroupWish Patched(EnrollmentGroup current, MergePatch patch)
    {
        var attestation = patch.Object("attestation");
        var keys = attestation?.Object("symmetricKey");
        var terms = EnrollmentGroupDto.Of(current, null, [], "");
        var wish = new EnrollmentGroupWish
        {
            DisplayName = patch.Text("displayName", current.DisplayName) ?? current.Id,
            IsEnabled = patch.Flag("enabled", current.IsEnabled, removed: true),
            Type = patch.Text("type", current.Type) ?? "iot",
            PrimaryKey = keys?.Text("primaryKey"),
            SecondaryKey = keys?.Text("secondaryKey"),
            ExpectedVersion = current.Version,
            Attestation = AttestationDto.Kind(attestation?.Text("type")),
            Terms = new EnrollmentGroupDto
            {
                AutoApprove = patch.Flag("autoApprove", !current.Terms.NeedsApproval, removed: true),
                ReprovisionPolicy = patch.Text("reprovisionPolicy", terms.ReprovisionPolicy) ?? "migrate",
                InitialTwin = patch.Object("initialTwin")?.Body,
            }.Terms(current.Terms with { InitialTwin = patch.Has("initialTwin") ? null : current.Terms.InitialTwin }),
        };
        patch.Demand();
        return wish;
    }

    private static async Task<EnrollmentGroup?> FindAsync(
        TokenCaller caller,
        EnrollmentGroups groups,
        string id,
        CancellationToken ct
    ) => (await groups.ListAsync(caller.Value, ct)).FirstOrDefault(g => g.Id == id);

    private static async Task<NoContent> DeleteAsync(
        string id,
        TokenCaller caller,
        EnrollmentGroups groups,
        HttpContext context,
        CancellationToken ct
    )
    {
        Etag.Demand(context, null, EnrollmentGroupDto.EtagOf(await groups.GetAsync(caller.Value, id, ct)));
        await groups.DeleteAsync(caller.Value, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task UploadAsync(
        string id,
        SigningCertificatesDto? sent,
        TokenCaller caller,
        GroupCertificates certificates,
        CancellationToken ct
    )
    {
        const CertificateEntry first = CertificateEntry.Primary;
        const CertificateEntry second = CertificateEntry.Secondary;
        await GroupCertificateEndpoints.UploadAsync(sent?.Primary, first, (id, null), caller, certificates, ct);
        await GroupCertificateEndpoints.UploadAsync(sent?.Secondary, second, (id, null), caller, certificates, ct);
    }

    private static async Task<EnrollmentGroupDto> ShowAsync(
        EnrollmentGroup group,
        TokenCaller caller,
        (EnrollmentGroups Groups, GroupCertificates Certificates) of,
        CancellationToken ct
    )
    {
        var byCertificate = group.Attestation == Attestation.X509;
        var keys =
            !byCertificate && caller.Value.May(Permission.ManageConnectivity)
                ? await of.Groups.KeysAsync(caller.Value, group.Id, ct)
                : null;
        var authorities = byCertificate ? await of.Certificates.ListAsync(caller.Value, group.Id, ct) : [];
        return EnrollmentGroupDto.Of(group, keys, authorities, caller.Application.IdScope);
    }
}
