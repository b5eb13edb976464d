using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Templates;

/// <summary>Device templates in the REST API: PUT creates and publishes, as IoT Central does.</summary>
internal static class TemplateEndpoints
{
    public static void MapDeviceTemplates(this IEndpointRouteBuilder api)
    {
        var templates = api.MapGroup("/deviceTemplates").WithTags("Device templates");
        templates.MapGet("/", ListAsync).Needs(Permission.ViewTemplates);
        templates.MapGet("/{id}", GetAsync).Needs(Permission.ViewTemplates).Produces<JsonObject>();
        templates
            .MapPut("/{id}", PutAsync)
            .Needs(Permission.ManageTemplates)
            .Accepts<JsonObject>("application/json")
            .Produces<JsonObject>();
        templates
            .MapPatch("/{id}", PatchAsync)
            .Needs(Permission.ManageTemplates)
            .Accepts<JsonObject>("application/json", ApiJson.Patch)
            .Produces<JsonObject>();
        templates.MapDelete("/{id}", DeleteAsync).Needs(Permission.ManageTemplates);
    }

    private static async Task<Ok<ApiPage<JsonObject>>> ListAsync(
        PageQuery page,
        TemplateListQuery query,
        TokenCaller caller,
        TemplateBook book,
        HttpContext context,
        CancellationToken ct
    )
    {
        var (wanted, next) = query.Page(await book.ListAsync(caller.Value, ct), page);
        var shown = new List<JsonObject>();
        foreach (var item in wanted)
        {
            if (await book.FindAsync(caller.Value, item.Id, ct) is { } template)
                shown.Add(Show(template));
        }

        return TypedResults.Ok(PageQuery.Answer(context, new Page<JsonObject>(shown, next), t => t));
    }

    private static async Task<Ok<JsonObject>> GetAsync(
        string id,
        TokenCaller caller,
        TemplateBook book,
        HttpContext context,
        CancellationToken ct
    ) => Answer(context, await book.GetAsync(caller.Value, id, ct));

    private static async Task<Ok<JsonObject>> PutAsync(
        string id,
        MergePatch body,
        TokenCaller caller,
        TemplateBook book,
        HttpContext context,
        CancellationToken ct
    )
    {
        BodyId.Demand("template.invalid", "@id", body.Text("@id"), id);
        var current = await book.FindAsync(caller.Value, id, ct);
        var isGuarded = Etag.Demand(context, body.Text("etag"), current is null ? null : EtagOf(current));
        body.Demand();
        var wanted = Read(body.Body, id).Publish();
        if (current is null)
            return Answer(context, await book.AddAsync(caller.Value, wanted, ct));
        Demand(current, wanted);
        var saved = isGuarded
            ? await book.UpdateAsync(caller.Value, Over(wanted, current), ct)
            : await book.PutAsync(caller.Value, Over(wanted, current), ct);
        return Answer(context, saved);
    }

    /// <summary>A merge patch on the template as GET shows it; lists are replaced whole.</summary>
    private static async Task<Ok<JsonObject>> PatchAsync(
        string id,
        MergePatch patch,
        TokenCaller caller,
        TemplateBook book,
        HttpContext context,
        CancellationToken ct
    )
    {
        BodyId.Demand("template.invalid", "@id", patch.Text("@id"), id);
        var current = await book.GetAsync(caller.Value, id, ct);
        Etag.Demand(context, patch.Text("etag"), EtagOf(current));
        patch.Demand();
        var document = Show(current);
        Merge(document, patch.Body);
        var wanted = Read(document, id) with { Status = current.Status };
        Demand(current, wanted);
        return Answer(context, await book.UpdateAsync(caller.Value, Over(wanted, current), ct));
    }

    private static async Task<NoContent> DeleteAsync(
        string id,
        TokenCaller caller,
        TemplateBook book,
        CancellationToken ct
    )
    {
        await book.DeleteAsync(caller.Value, id, ct);
        return TypedResults.NoContent();
    }

    private static DeviceTemplate Read(JsonObject body, string id) =>
        DtdlReader.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), id).Get();

    /// <summary>What the API does not show stays: views, revision, when it was made.</summary>
    private static DeviceTemplate Over(DeviceTemplate wanted, DeviceTemplate current) =>
        wanted with
        {
            Views = current.Views,
            Revision = current.Revision,
            CreatedAt = current.CreatedAt,
        };

    /// <exception cref="ConflictException"><c>template.breaking-change</c>: devices rely on what would go.</exception>
    private static void Demand(DeviceTemplate current, DeviceTemplate wanted)
    {
        if (TemplateDiff.IsAllowedInPlace(current, wanted))
            return;
        var breaking = TemplateDiff.Between(current, wanted).Where(c => c.Effect == ChangeEffect.Breaking);
        throw new ConflictException(
            "template.breaking-change",
            $"This template is published and devices rely on it; put the change into a new version of it. {string.Join(" ", breaking.Select(c => c.Text))}"
        );
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner && target[name] is JsonObject existing)
                Merge(existing, inner);
            else
                target[name] = value.DeepClone();
        }
    }

    private static Ok<JsonObject> Answer(HttpContext context, DeviceTemplate template)
    {
        Etag.Show(context, EtagOf(template));
        return TypedResults.Ok(Show(template));
    }

    private static JsonObject Show(DeviceTemplate template) =>
        (JsonObject)JsonNode.Parse(DtdlWriter.DeviceTemplate(template, EtagOf(template)))!;

    private static string EtagOf(DeviceTemplate template) =>
        Etag.Of(template.CreatedAt.ToUnixTimeMilliseconds(), template.Revision);
}
