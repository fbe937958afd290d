import { LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import * as core from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

/** Only what is drawn: the whole library is 361 kB, this is under 200. No tooltip: a wall has no pointer. */
core.use([LineChart, GridComponent, MarkLineComponent, CanvasRenderer]);

export type { EChartsCoreOption } from 'echarts/core';
export { core };
