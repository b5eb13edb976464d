using System.Net;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Features;

/// <summary>The proof that data was deleted is for who runs the application, once there is one.</summary>
public sealed class RemovalProofTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_handed_out_when_the_data_has_gone_to_administrators_alone()
    {
        var application = await site.ApplicationAsync();
        var system = Caller.System(application.TenantId);
        await site.Services.GetRequiredService<DeviceRegistry>().AddAsync(system, new NewDevice { Id = "pump" }, Ct);
        var removal = await site.Services.GetRequiredService<DataRemovals>().RequestAsync(system, "pump", Ct);
        var address = $"/apps/{application.Slug}/settings/data/removals/{removal.Id}";
        using var administrator = await SignedInAsync(application, Role.Administrator);
        using var builder = await SignedInAsync(application, Role.Builder);
        using var foreigner = await SignedInAsync(await site.ApplicationAsync(), Role.Administrator);

        Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync(address, Ct)).StatusCode);
        await site.DoneAsync(removal.Id, Ct);
        using var answer = await administrator.GetAsync(address, Ct);
        var proof = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;

        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(
            ("pump", 7, 5, 2, 0),
            (
                (string)proof["device"]!,
                (int)proof["deleted"]!["messages"]!,
                (int)proof["deleted"]!["values"]!,
                (int)proof["deleted"]!["lastValues"]!,
                (int)proof["remaining"]!
            )
        );
        Assert.NotEqual(HttpStatusCode.OK, (await builder.GetAsync(address, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await foreigner.GetAsync(address, Ct)).StatusCode);
    }

    private async Task<Browser> SignedInAsync(Application application, Role role)
    {
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, application, role);
        return await site.SignedInAsync(anna, Ct);
    }
}
