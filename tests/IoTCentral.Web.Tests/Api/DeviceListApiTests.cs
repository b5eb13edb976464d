using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class DeviceListApiTests(TestSite site) : IClassFixture<TestSite>
{
    [Fact]
    public async Task A_list_goes_page_by_page_along_its_links()
    {
        using var api = await ApiClient.OfAsync(site);
        foreach (var name in new[] { "c", "a", "e", "b", "d" })
            await api.PutAsync($"devices/{name}", "{}");

        var seen = new List<string>();
        for (var next = "devices?maxpagesize=2"; next is not null; )
        {
            var page = await api.GetAsync(next);
            seen.AddRange(page["value"].AsArray().Select(d => (string)d!["id"]!));
            next = (string?)page.Body!["nextLink"];
        }

        Assert.Equal(["a", "b", "c", "d", "e"], seen);
    }

    [Theory]
    [InlineData("maxpagesize=0")]
    [InlineData("$top=101")]
    [InlineData("$skiptoken=*")]
    [InlineData("filter=enabled")]
    [InlineData("orderby=enabled")]
    public async Task A_query_that_cannot_be_read_is_told_so(string query)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync($"devices?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, "api.query"), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("displayName eq 'Fridge 2'", "f2")]
    [InlineData("enabled eq false", "f3")]
    [InlineData("simulated eq true and enabled eq true", "f1")]
    [InlineData("indexof(displayName, 'idge') ge 0", "f1 f2 f3")]
    [InlineData("indexof(displayName, 'idge') eq -1", "o")]
    [InlineData("contains(displayName,'Fridge') and not-a-word eq 1", "!")]
    [InlineData("id gt 'f2'", "f3 o")]
    [InlineData("(id eq 'f1' or id eq 'f2') and displayName ne 'Fridge 1'", "f2")]
    [InlineData("id eq 'f1' or id eq 'f2' and enabled eq false", "f1")]
    [InlineData("displayName eq 'O''Hara'", "o")]
    [InlineData("template eq null", "f1 f2 f3 o")]
    [InlineData("template ne 'dtmi:x;1'", "f1 f2 f3 o")]
    [InlineData("scopes eq 'root' and provisioned eq false", "f1 f2 f3 o")]
    public async Task Devices_are_filtered_as_IoT_Central_does(string filter, string ids)
    {
        using var api = await ApiClient.OfAsync(site);
        var simulated = new NewDevice
        {
            Id = "f1",
            Name = "Fridge 1",
            IsSimulated = true,
        };
        await site
            .Services.GetRequiredService<DeviceRegistry>()
            .AddAsync(Caller.System(api.Application.TenantId), simulated, TestContext.Current.CancellationToken);
        await api.PutAsync("devices/f2", """{"displayName":"Fridge 2"}""");
        await api.PutAsync("devices/f3", """{"displayName":"Fridge 3","enabled":false}""");
        await api.PutAsync("devices/o", """{"displayName":"O'Hara"}""");

        var answer = await api.GetAsync($"devices?$filter={Uri.EscapeDataString(filter)}");

        if (ids == "!")
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        else
            Assert.Equal(ids, string.Join(' ', answer["value"].AsArray().Select(d => (string?)d!["id"])));
    }

    [Fact]
    public async Task A_list_can_begin_at_the_end()
    {
        using var api = await ApiClient.OfAsync(site);
        foreach (var name in new[] { "a", "b", "c" })
            await api.PutAsync($"devices/{name}", "{}");

        var first = await api.GetAsync("devices?orderby=displayName%20desc&maxpagesize=2");
        var second = await api.GetAsync((string)first["nextLink"]!);

        Assert.Equal(["c", "b"], first["value"].AsArray().Select(d => (string?)d!["id"]));
        Assert.Equal(["a"], second["value"].AsArray().Select(d => (string?)d!["id"]));
    }
}
