var blackList = new Array();
blackList.push("black$环境保护厅$环境违法企业名单$2017-06-01$T0101");
blackList.push("black$食品药品监督管理局$食品安全失信名单$2017-07-02$T0102");
blackList.push("black$质量技术监督局$质量失信名单$2017-07-03$T0101 ");
blackList.push("red$环境保护厅$环境守信名单$2017-06-01$T0201");
