using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Twins;
using IoTCentral.Hub.Tests.Amqp;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Modules;

/// <summary>Modules of devices talk to the hub by themselves: beside their device, never in its place.</summary>
public sealed class ModuleTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeviceModules Modules => _hub.Services.GetRequiredService<DeviceModules>();

    [Fact]
    public async Task A_modules_messages_stand_under_its_name_among_its_devices()
    {
        await using var module = await ConnectAsync("mod-1", "filter");

        await module.PublishAsync("devices/mod-1/modules/filter/messages/events/%24.sub=pump", "1", packetId: 2);
        await module.PublishAsync("devices/mod-1/modules/filter/messages/events/%24.on=out/", "2", packetId: 3);
        Assert.Equal(2, (await module.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(3, (await module.ReadAsync(MqttClient.PubAck)).Id);

        var stored = await _hub.StoredAsync("mod-1");
        Assert.Equal(["filter/pump", "filter/"], stored.Select(m => m.Component));
        var line = await _hub.LineAsync("mod-1", ConnectionCode.Connected);
        Assert.Equal("The module 'filter' connected.", line.Detail);
    }

    [Fact]
    public async Task Module_and_device_are_connected_at_once_each_with_its_own_twin()
    {
        await using var module = await ConnectAsync("mod-2", "filter");
        await using var device = await _hub.ConnectAsync("mod-2");
        var twins = _hub.Services.GetRequiredService<TwinRegistry>();
        foreach (var client in new[] { module, device })
        {
            await client.SubscribeAsync(1, ("$iothub/twin/res/#", 0), ("$iothub/twin/PATCH/properties/desired/#", 0));
        }

        await module.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", """{"who":"module"}""");
        Assert.Equal("$iothub/twin/res/204/?$rid=1&$version=2", (await module.ReadAsync(MqttClient.Publish)).Topic);
        await twins.PatchDesiredAsync(_hub.Caller, new("mod-2", "filter"), new JsonObject { ["a"] = 1 }, Ct);
        Assert.Equal("""{"a":1,"$version":2}""", (await module.ReadAsync(MqttClient.Publish)).Payload);

        Assert.Equal(
            "module",
            (string?)(await twins.GetAsync(_hub.Caller, new("mod-2", "filter"), Ct)).Reported["who"]
        );
        Assert.Empty((await twins.GetAsync(_hub.Caller, "mod-2", Ct)).Reported);
        await device.PublishAsync("$iothub/twin/GET/?$rid=2", " ");
        Assert.Equal("$iothub/twin/res/200/?$rid=2", (await device.ReadAsync(MqttClient.Publish)).Topic);
    }

    [Fact]
    public async Task A_module_answers_methods_and_takes_messages()
    {
        await using var module = await ConnectAsync("mod-3", "filter");
        Assert.Equal(
            [0, 1],
            await module.SubscribeAsync(1, ("$iothub/methods/POST/#", 0), ("devices/mod-3/modules/filter/#", 1))
        );
        var key = (await Modules.GetAsync(_hub.Caller, new("mod-3", "filter"), Ct)).Key;
        var link = _hub.Services.GetRequiredService<IDeviceLink>();

        var call = link.CallAsync(_hub.Application.TenantId, key, new("ping", "null"u8.ToArray()), Ct);
        var request = await module.ReadAsync(MqttClient.Publish);
        Assert.StartsWith("$iothub/methods/POST/ping/?$rid=", request.Topic, StringComparison.Ordinal);
        await module.PublishAsync($"$iothub/methods/res/200/?$rid={request.Topic.Split("$rid=")[1]}", "7");
        Assert.Equal((200, "7"), ((await call).Status, Encoding.UTF8.GetString((await call).Payload.Span)));

        var messages = _hub.Services.GetRequiredService<CloudMessages>();
        var message = new NewCloudMessage { Body = "hello"u8.ToArray() };
        await messages.SendAsync(_hub.Caller, new("mod-3", "filter"), message, Ct);
        var came = await module.ReadAsync(MqttClient.Publish);
        Assert.StartsWith("devices/mod-3/modules/filter/messages/devicebound/", came.Topic, StringComparison.Ordinal);
        Assert.Equal("hello", came.Payload);
    }

    [Fact]
    public async Task A_module_needs_its_own_key()
    {
        var device = await _hub.DeviceAsync("mod-4");
        var module = await AddAsync("mod-4", "filter");
        await using var withDevices = await _hub.OpenAsync();
        await using var unknown = await _hub.OpenAsync();
        await using var asDevice = await _hub.OpenAsync();

        Assert.Equal(5, await withDevices.ConnectAsync(Sign.Hub(module with { Keys = device.Keys })));
        Assert.Equal(5, await unknown.ConnectAsync(Sign.Hub(module with { Id = new("mod-4", "other") })));
        Assert.Equal(5, await asDevice.ConnectAsync(Sign.Hub(device with { OwnKeys = module.Keys })));

        await _hub.LineAsync("mod-4", ConnectionCode.WrongKey);
    }

    [Fact]
    public async Task A_module_reaches_its_own_topics_only()
    {
        await using var module = await ConnectAsync("mod-5", "filter");

        Assert.Equal(
            [0x80, 0x80, 0],
            await module.SubscribeAsync(
                1,
                ("devices/mod-5/messages/devicebound/#", 0),
                ("devices/mod-5/modules/other/#", 0),
                ("devices/mod-5/modules/filter/inputs/#", 0)
            )
        );
        await module.PublishAsync("devices/mod-5/messages/events/", "{}");

        await module.ClosedAsync();
        await _hub.LineAsync("mod-5", ConnectionCode.OtherDevice);
    }

    [Theory]
    [InlineData("blocked")]
    [InlineData("deleted")]
    public async Task A_module_goes_with_its_device(string how)
    {
        var id = $"mod-{how}";
        await using var module = await ConnectAsync(id, "filter");

        if (how == "blocked")
            await _hub.Devices.BlockAsync(_hub.Caller, id, Ct);
        else
            await _hub.Devices.DeleteAsync(_hub.Caller, id, Ct);

        await module.ClosedAsync();
    }

    [Fact]
    public async Task A_deleted_module_is_cut_off_and_its_device_is_not()
    {
        await using var module = await ConnectAsync("mod-6", "filter");
        await using var device = await _hub.ConnectAsync("mod-6");

        await Modules.DeleteAsync(_hub.Caller, new("mod-6", "filter"), Ct);

        await module.ClosedAsync();
        await device.PublishAsync("devices/mod-6/messages/events/", "{}", packetId: 2);
        Assert.Equal(2, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task Https_takes_a_modules_messages()
    {
        var module = await AddAsync("mod-7", "filter", withDevice: true);
        using var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // whom it trusts is another test's business
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_hub.HttpsPort}") };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Sign.Hub(module).Password);

        var answer = await http.PostAsJsonAsync(
            "/devices/mod-7/modules/filter/messages/events?api-version=2020-03-13",
            new { t = 1 },
            Ct
        );

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("filter/", Assert.Single(await _hub.StoredAsync("mod-7")).Component);
    }

    [Fact]
    public async Task Amqp_takes_a_modules_messages()
    {
        var module = await AddAsync("mod-8", "filter", withDevice: true);
        await using var client = await AmqpClient.OpenAsync(_hub);

        Assert.Equal(200, await client.PutTokenAsync(Sign.Hub(module).Password, "mod-8/modules/filter"));
        var sender = await client.SenderAsync("/devices/mod-8/modules/filter/messages/events");
        await AmqpClient.SendAsync(sender, "1");

        Assert.Equal("filter/", Assert.Single(await _hub.StoredAsync("mod-8")).Component);
    }

    private async Task<ModuleCredentials> AddAsync(string device, string module, bool withDevice = false)
    {
        if (withDevice)
            await _hub.DeviceAsync(device);
        await Modules.AddAsync(_hub.Caller, new(device, module), null, Ct);
        return await Modules.CredentialsAsync(_hub.Caller, new(device, module), Ct);
    }

    private async Task<MqttClient> ConnectAsync(string device, string module)
    {
        var credentials = await AddAsync(device, module, withDevice: true);
        var client = await _hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(Sign.Hub(credentials)));
        return client;
    }
}
