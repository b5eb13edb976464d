using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Files;

/// <summary>Files of the device <c>pump</c>, as it uploads them and people open them.</summary>
internal sealed class PumpFiles(TestSite site)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public DeviceFiles Files => site.Services.GetRequiredService<DeviceFiles>();

    public async Task<DeviceFile> UploadAsync(TenantId tenant, string name, byte[] bytes, byte[]? md5 = null)
    {
        var device = await site.Services.GetRequiredService<IDeviceStore>().GetAsync(tenant, "pump", Ct);
        var uploads = site.Services.GetRequiredService<FileUploads>();
        var opened = await uploads.OpenAsync(tenant, (device.Key, device.Id), name, Ct);
        return await site
            .Services.GetRequiredService<FileReceiver>()
            .PutAsync(
                tenant,
                opened.Upload,
                new FileBody(new MemoryStream(bytes), bytes.Length, md5),
                new FileAbout(null, null, false),
                Ct
            );
    }

    public async Task<byte[]> ReadAsync(TenantId tenant, DeviceFile file)
    {
        await using var opened = await Files.OpenAsync(Caller.System(tenant), "pump", file.Id, Ct);
        using var bytes = new MemoryStream();
        await opened.Bytes.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }
}
