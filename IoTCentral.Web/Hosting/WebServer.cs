using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Hub;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IoTCentral.Web.Hosting;

/// <summary>Puts the server together: services, doors and the way of a request.</summary>
internal static class WebServer
{
    public static WebApplication Build(SettingsSource settings, Installation installation)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = typeof(WebServer).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.Logging.AddProgramLog(settings.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Listen(kestrel, installation.Options.Http);
            kestrel.ListenForDevices();
        });
        // A service that cannot be built is found at the start, not by the first visitor.
        builder.Host.UseDefaultServiceProvider(p => (p.ValidateOnBuild, p.ValidateScopes) = (true, true));
        builder.Services.AddSingleton<IHostLifetime, SignalledLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddHostedService<ThreadPoolGuard>();
        builder.Services.AddInstallation(installation);
        builder.AddSite();

        var app = builder.Build();
        app.UseDeviceHub();
        app.MapSite();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, HttpOptions http)
    {
        kestrel.AddServerHeader = false;
        if (http.Address == "localhost" && http.Port > 0)
        {
            kestrel.ListenLocalhost(http.Port); // IPv4 and IPv6
        }
        else
        {
            kestrel.Listen(new IPEndPoint(Ports.AddressOf(http.Address), http.Port));
        }
    }

    /// <summary>The program stops by <see cref="Signals"/>, which also work while it starts; the host waits for no console.</summary>
    private sealed class SignalledLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
