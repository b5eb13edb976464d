using System.Collections.Concurrent;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Web.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Web.Tests.Files;

/// <summary>The other end of the wire, which answers as a test says, and the way to it.</summary>
internal sealed class S3Wire : IAsyncDisposable
{
    private readonly WebApplication _server;

    public S3Wire()
    {
        var options = new InstallationOptions
        {
            DataFolder = "/nowhere",
            Webhooks = new() { AllowedPrivateNetworks = ["127.0.0.0/8"] },
        };
        Http = new StorageHttp(options, new PublicAddresses(options.Webhooks.Networks));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            Asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return Answer(context);
        });
    }

    public StorageHttp Http { get; }
    public ConcurrentQueue<string> Asked { get; } = new();
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public Task StartAsync() => _server.StartAsync();

    public S3Bucket Bucket(string secret) =>
        S3Bucket.Of((_server.Urls.Single(), "garage", null), "files", ("AKIA", secret));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Http.Dispose();
    }
}
