using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>Code by which a device uploads a file.</summary>
internal static class UploadSample
{
    public static IReadOnlyList<CodeSample> Of(string name) =>
        [
            new(
                name,
                """
                import { createReadStream, statSync } from 'node:fs';

                const file = 'boot.log';
                await client.uploadToBlob(file, createReadStream(file), statSync(file).size);
                """
            ),
        ];
}
