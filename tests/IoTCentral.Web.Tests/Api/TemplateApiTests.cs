using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class TemplateApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Path = $"deviceTemplates/{Fridge.TemplateId}";

    [Fact]
    public async Task A_put_template_is_published_and_can_be_put_again()
    {
        using var api = await ApiClient.OfAsync(site);

        var first = await api.PutAsync(Path, Fridge.Template);
        var again = await api.PutAsync(Path, Fridge.Template);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal(Fridge.TemplateId, (string?)first["@id"]);
        Assert.Equal("Fridge", (string?)(await api.GetAsync(Path))["displayName"]);
        Assert.Single((await api.GetAsync("deviceTemplates"))["value"].AsArray());
    }

    [Fact]
    public async Task What_devices_rely_on_cannot_be_taken_from_a_published_template()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Path, Fridge.Template);
        var smaller = JsonNode.Parse(Fridge.Template)!;
        smaller["capabilityModel"]!["contents"]!.AsArray().RemoveAt(0);

        var answer = await api.PutAsync(Path, smaller.ToJsonString());

        Assert.Equal((HttpStatusCode.Conflict, "template.breaking-change"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_patch_changes_the_name()
    {
        using var api = await ApiClient.OfAsync(site);
        var etag = (string)(await api.PutAsync(Path, Fridge.Template))["etag"]!;

        var patched = await api.PatchAsync(Path, $$"""{"displayName":"Cold one","etag":"{{etag}}"}""");
        var stale = await api.PatchAsync(Path, $$"""{"displayName":"Other","etag":"{{etag}}"}""");

        Assert.Equal("Cold one", (string?)patched["displayName"]);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
    }

    [Fact]
    public async Task The_audit_says_what_changed_in_a_template()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Path, Fridge.Template);
        var larger = JsonNode.Parse(Fridge.Template)!;
        larger["capabilityModel"]!["contents"]!.AsArray().Add(JsonNode.Parse(Humidity));
        await api.PatchAsync(Path, """{"displayName":"Cold one"}""");
        await api.PutAsync(Path, larger.ToJsonString());
        await api.DeleteAsync(Path);

        var audits = await site.AuditsAsync(
            api.Application.TenantId,
            Fridge.TemplateId,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            ["template.create", "template.update", "template.update", "template.delete"],
            audits.Select(a => a.Action)
        );
        Assert.Equal(
            [(null, "Fridge"), ("Fridge", "Cold one"), ("Cold one", "Fridge"), ("Fridge", null)],
            audits.Select(a => (Of(a.Before, "displayName"), Of(a.After, "displayName")))
        );
        Assert.Equal("Fridge", audits[3].TargetName);
        Assert.Contains("'humidity' was added", audits[2].After, StringComparison.Ordinal);
        Assert.All(audits, a => Assert.DoesNotContain("schema", a.After ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_a_draft_that_becomes_usable_is_published()
    {
        var (ct, caller) = (TestContext.Current.CancellationToken, await CallerAsync());
        var book = site.Services.GetRequiredService<TemplateBook>();
        var draft = DtdlReader.Read(Encoding.UTF8.GetBytes(Fridge.Template), Fridge.TemplateId).Get();

        var added = await book.AddAsync(caller, draft, ct);
        var renamed = await book.UpdateAsync(caller, added with { DisplayName = "Cold one" }, ct);
        var published = await book.UpdateAsync(caller, renamed.Publish(), ct);
        await book.UpdateAsync(caller, published with { DisplayName = "Colder one" }, ct);

        var audits = await site.AuditsAsync(caller.Tenant, Fridge.TemplateId, ct);
        Assert.Equal(
            ["template.create", "template.update", "template.publish", "template.update"],
            audits.Select(a => a.Action)
        );
        Assert.Equal(("draft", "published"), (Of(audits[2].Before, "status"), Of(audits[2].After, "status")));
    }

    private async Task<Caller> CallerAsync() => Caller.System((await site.ApplicationAsync()).TenantId);

    private const string Humidity = """{ "@type": "Telemetry", "name": "humidity", "schema": "double" }""";

    private static string? Of(string? json, string name) => json is null ? null : (string?)JsonNode.Parse(json)![name];

    [Fact]
    public async Task Every_fault_of_a_template_is_told_with_its_path()
    {
        using var api = await ApiClient.OfAsync(site);
        var wrong = JsonNode.Parse(Fridge.Template)!;
        wrong["capabilityModel"]!["contents"]![0]!["schema"] = "colour";
        wrong["capabilityModel"]!["contents"]![1]!.AsObject().Remove("name");

        var answer = await api.PutAsync(Path, wrong.ToJsonString());

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "template.invalid"), (answer.Status, answer.Reason));
        Assert.True(answer["error"]["details"]!.AsArray().Count >= 2);
    }

    [Theory]
    [InlineData("filter=displayName eq 'Beta'", "2")]
    [InlineData("$filter=contains(displayName,'a') and id ne 'dtmi:t;2'", "1 3")]
    [InlineData("filter=indexof(@id,'t;') eq 5 and displayName gt 'Beta'", "1 3")]
    [InlineData("filter=displayName eq null or displayName ne null", "1 2 3")]
    [InlineData("orderby=displayName", "3 2 1")]
    [InlineData("$orderby=displayName desc", "1 2 3")]
    [InlineData("orderby=displayName desc&filter=displayName ne 'Beta'", "1 3")]
    [InlineData("", "1 2 3")]
    public async Task Templates_are_filtered_and_ordered(string query, string versions)
    {
        using var api = await ApiClient.OfAsync(site);
        foreach (var (id, name) in new[] { (1, "gamma"), (2, "Beta"), (3, "alpha") })
            await api.PutAsync($"deviceTemplates/dtmi:t;{id}", Fridge.With($$"""{"displayName":"{{name}}"}"""));

        var seen = new List<string>();
        for (var next = $"deviceTemplates?maxpagesize=1&{query}"; next is not null; )
        {
            var page = await api.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            seen.AddRange(page["value"].AsArray().Select(t => ((string)t!["@id"]!)["dtmi:t;".Length..]));
            next = (string?)page.Body!["nextLink"];
        }

        Assert.Equal(versions, string.Join(' ', seen));
    }

    [Theory]
    [InlineData("filter=enabled eq true")]
    [InlineData("$filter=displayName")]
    [InlineData("filter=displayName eq true")]
    [InlineData("orderby=id")]
    [InlineData("$orderby=displayName up")]
    [InlineData("$skiptoken=QUFB")]
    public async Task A_query_that_cannot_be_read_is_told_so(string query)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync($"deviceTemplates?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, "api.query"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_template_in_use_is_kept()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Path, Fridge.Template);
        await api.PutAsync("devices/f1", $$"""{"template":"{{Fridge.TemplateId}}"}""");

        var refused = await api.DeleteAsync(Path);
        await api.DeleteAsync("devices/f1");
        var deleted = await api.DeleteAsync(Path);

        Assert.Equal((HttpStatusCode.Conflict, "template.in-use"), (refused.Status, refused.Reason));
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Path)).Status);
    }

    [Fact]
    public async Task A_device_of_a_template_that_is_not_there_is_refused()
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("devices/f1", """{"template":"dtmi:no:such;1"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (answer.Status, answer.Reason));
    }
}
