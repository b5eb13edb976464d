using System.Diagnostics;
using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Demo;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace IoTCentral.Web.Hosting;

/// <summary>Starts everything, says READY, and runs until it is told to stop.</summary>
internal sealed class ServeCommand : ICommand
{
    public IReadOnlyList<string> Name => [];

    public string Usage => "[--data DIR] [--demo false] [--Section:Key=value …]";

    public string Purpose => "starts the server";

    public async Task<int> RunAsync(CommandInput input, CancellationToken ct)
    {
        Say($"IoTCentral is starting; data in {input.Options.DataFolder}");
        await using var installation = await Installation.OpenForServerAsync(input.Options, Say, ct);
        await using var app = WebServer.Build(input.Settings, installation);
        installation.Database.Watch(TimeProvider.System, line => DatabaseLog(app, line));
        await app.Services.GetRequiredService<ApplicationRegistry>().FurnishAllAsync(ct);
        await app.Services.GetRequiredService<DemoApplication>().MakeAsync(ct);
        await StartAsync(app, ct);
        var ready = await ReadyAsync(app, installation.Options, ct);
        installation.Announce(installation.Options.PublicUrl ?? ready.Web);
        Console.WriteLine(ready);

        await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, TaskScheduler.Default);
        Say("Stopping …");
        await app.StopAsync(CancellationToken.None);
        return ExitCode.Fine;
    }

    private static async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) // a port that was free a moment ago
        {
            throw new InstallationException(e.Message, e);
        }
    }

    private static async Task<ReadyLine> ReadyAsync(
        WebApplication app,
        InstallationOptions options,
        CancellationToken ct
    )
    {
        var links = app.Services.GetRequiredService<SetupLinks>();
        var web = WebAddress(app, options);
        var setup = await links.IsNeededAsync(ct)
            ? Commands.SetupLinkCommand.AddressOf(
                options.PublicUrl ?? web,
                await links.CreateAsync(AuditActor.System, ct)
            )
            : null;
        var applications = await app.Services.GetRequiredService<ITenantStore>().ListAsync(ct);
        var hub = Hosts.InUrl(options.Hub.Addresses.Select(Hosts.Reachable).First());
        return new ReadyLine(
            web,
            setup,
            $"{hub}:{options.Hub.MqttPort}",
            options.Hub.AmqpPort is { } amqp ? $"{hub}:{amqp}" : null,
            options.Hub.HttpsPort is { } https ? $"{hub}:{https}" : null,
            Path.Combine(options.DataFolder, "ca.pem"),
            applications.MinBy(a => a.TenantId.Value)?.IdScope
        );
    }

    /// <summary>With the port that was taken when any was good (port 0).</summary>
    private static string WebAddress(WebApplication app, InstallationOptions options)
    {
        if (options.Http.Port > 0)
        {
            return options.Http.LocalUrl;
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        return (options.Http with { Port = new Uri(bound.Addresses.First()).Port }).LocalUrl;
    }

    private static void DatabaseLog(WebApplication app, string line) =>
        app
            .Services.GetRequiredService<ILoggerFactory>()
            .CreateLogger("IoTCentral.Database")
            .LogWarning("{Line}", line);

    private static void Say(string line) => Console.WriteLine(line);
}
